-- What happened. Ids come from the core. There are no foreign keys to people and queues:
-- history outlives them, and events arrive in the order they happened, parts before the whole.

create table interaction (
    id            text primary key,
    channel       text not null,
    direction     text not null,
    node          text not null,
    flow          text not null,
    flow_version  text not null,
    called_number text not null,
    caller_number text not null,
    caller_name   text not null,
    caller_status text not null,
    language      text not null,
    tags          jsonb not null,
    queue         text,               -- the last one waited in
    agent_id      text,               -- the last one talked to
    end_reason    text not null,
    ended_by      text not null,
    started_at    timestamptz not null,
    ended_at      timestamptz not null
);
create index interaction_started on interaction (started_at);
create index interaction_caller on interaction (caller_number, started_at desc);

-- The key holds `at` because Postgres wants the partition key in it; an event has one `at`,
-- so (interaction, number) is as unique as ever.
create table interaction_event (
    interaction_id text not null,
    number         bigint not null,
    at             timestamptz not null,
    kind           text not null,
    data           jsonb not null,
    primary key (interaction_id, number, at)
) partition by range (at);

create table interaction_event_default partition of interaction_event default;

create function create_event_partition(at_instant timestamptz) returns text
language plpgsql as $$
declare
    first_day timestamp := date_trunc('month', at_instant at time zone 'UTC');
    begins timestamptz := first_day at time zone 'UTC';
    ends timestamptz := (first_day + interval '1 month') at time zone 'UTC';
    partition_name text := 'interaction_event_' || to_char(first_day, 'YYYY_MM');
begin
    if to_regclass(partition_name) is not null then
        return partition_name;
    end if;
    perform pg_advisory_xact_lock(hashtext('interaction_event'));
    if to_regclass(partition_name) is not null then
        return partition_name;
    end if;
    execute format('create table %I (like interaction_event including all)', partition_name);
    -- what came before its partition did
    execute format(
        'with moved as (delete from interaction_event_default where at >= %L and at < %L '
        'returning *) insert into %I select * from moved', begins, ends, partition_name);
    execute format(
        'alter table interaction_event attach partition %I for values from (%L) to (%L)',
        partition_name, begins, ends);
    return partition_name;
end
$$;

create table segment (
    id                text primary key,
    interaction_id    text not null,
    kind              text not null,
    queue             text,
    agent_id          text,
    result            text not null,
    position_at_entry integer,
    position_at_exit  integer,
    started_at        timestamptz not null,
    ended_at          timestamptz not null
);
create index segment_interaction on segment (interaction_id, started_at);
create index segment_queue on segment (queue, started_at) where kind = 'queue';
create index segment_agent on segment (agent_id, started_at) where agent_id is not null;
create index segment_started on segment (started_at);

create table offer (
    id             text primary key,
    interaction_id text not null,
    agent_id       text not null,
    queue          text not null,
    result         text not null,
    made_at        timestamptz not null,
    rang_at        timestamptz,
    ended_at       timestamptz not null
);
create index offer_interaction on offer (interaction_id, made_at);
create index offer_agent on offer (agent_id, made_at);
create index offer_made on offer (made_at);

-- `number` orders two moves of one instant; an open stretch has no `ended_at`
create table agent_state (
    agent_id   text not null,
    number     bigint not null,
    state      text not null,
    reason     text not null,
    changed_by text not null,
    started_at timestamptz not null,
    ended_at   timestamptz,
    primary key (agent_id, started_at, number)
);
create index agent_state_end on agent_state (agent_id, ended_at);

create table recording (
    id             text primary key,
    interaction_id text not null,
    agent_id       text,
    path           text not null,
    failed         boolean not null,
    duration       interval not null,
    channels       smallint,          -- this and the next: null when the file could not be read
    sha256         bytea,
    started_at     timestamptz not null,
    ended_at       timestamptz not null,
    keep_until     timestamptz,
    erased_at      timestamptz
);
create index recording_interaction on recording (interaction_id);
create index recording_started on recording (started_at);
