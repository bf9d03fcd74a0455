-- What is missing from a recording: its end, when it was cut off, and the sound of its pauses,
-- each {reason, started_at, ended_at}.
alter table recording
    add column cut boolean not null default false,
    add column pauses jsonb not null default '[]';
