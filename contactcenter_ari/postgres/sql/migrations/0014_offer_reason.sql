-- The reason of an offer: why this agent and why this caller. The word is that of the API and of
-- the events.
alter table offer rename column grounds to reason;
