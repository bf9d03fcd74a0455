-- Why this agent and why this caller. It is known when the offer is made, its result when it
-- ends: an offer that was made and has no result yet is a row, too.

alter table offer
    add column grounds jsonb,
    alter column result drop not null,
    alter column ended_at drop not null;
