-- Who works here. An agent's id is the extension that colleagues dial.

create table agent (
    id         text primary key check (id ~ '^[0-9]{2,6}$'),
    name       text not null check (name <> ''),
    language   text not null,
    created_at timestamptz not null default now()
);

create table agent_queue (
    agent_id text not null references agent on delete cascade,
    queue    text not null check (queue <> ''),
    primary key (agent_id, queue)
);

-- a SIP device: its id is what the switch knows, its secret what digest authentication needs
create table phone (
    id       text primary key,
    agent_id text not null references agent on delete cascade,
    secret   text not null
);
create index phone_agent on phone (agent_id);

-- the token itself is shown once and kept nowhere
create table api_token (
    sha256     bytea primary key,
    name       text not null,
    role       text not null check (role in ('agent', 'supervisor', 'engineer', 'admin')),
    agent_id   text references agent on delete cascade,
    created_at timestamptz not null default now(),
    check ((role = 'agent') = (agent_id is not null))
);
create index api_token_agent on api_token (agent_id);
