-- What is asked for at the place that is kept: steps of {after, skills}, as the event has them.

alter table callback add column skills jsonb not null default '[]';
