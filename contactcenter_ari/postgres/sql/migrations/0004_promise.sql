-- What was promised to customers, and whom not to call. Rows are made of events that may come
-- again and in any order, so what one event says is null until it has come.

create table callback (
    id             text primary key,
    interaction_id text,               -- this and the next: the promise, as it was booked
    queue          text,
    number         text,
    waiting_since  timestamptz,
    head_start     interval,
    priority       integer,
    flow           text,
    language       text,
    hours          text,
    attempts       integer,            -- at most so many
    retry_after    interval,
    expires_at     timestamptz,
    mode           text,
    booked_at      timestamptz,
    attempts_made  integer not null default 0,
    next_at        timestamptz,        -- when the next attempt is due; null: as soon as its turn comes
    last_result    text,
    result         text,
    closed_at      timestamptz,
    state          text not null
        generated always as (case when closed_at is null then 'open' else 'closed' end) stored
);
create index callback_open on callback (booked_at) where closed_at is null;
create index callback_number on callback (number, booked_at desc);

create table lost_call (
    interaction_id text primary key,
    queue          text,               -- this and the next: as the caller left
    caller_number  text,
    waited         interval,
    opened_at      timestamptz,
    result         text,
    closed_at      timestamptz,
    state          text not null
        generated always as (case when closed_at is null then 'open' else 'closed' end) stored
);
create index lost_call_open on lost_call (opened_at) where closed_at is null;
create index lost_call_number on lost_call (caller_number, opened_at desc);

-- numbers in E.164
create table do_not_call (
    number text primary key check (number ~ '^\+[1-9][0-9]{5,14}$'),
    set_by text not null,
    reason text not null,
    set_at timestamptz not null default now()
);

-- what came of a talk; the last one given counts
create table disposition (
    interaction_id text not null,
    number         bigint not null,
    agent_id       text not null,
    queue          text not null,
    disposition    text not null,
    set_by         text not null,
    set_at         timestamptz not null,
    primary key (interaction_id, number)
);
create index disposition_queue on disposition (queue, set_at);

-- people close and open queues; `number` orders two changes of one instant
create table queue_state (
    queue      text not null,
    number     bigint not null,
    state      text not null,
    changed_by text not null,
    started_at timestamptz not null,
    primary key (queue, started_at, number)
);
