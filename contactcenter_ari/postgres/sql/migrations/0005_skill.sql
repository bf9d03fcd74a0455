-- What agents can do: level 1 is a little, 9 is best.

create table skill (
    name       text primary key check (name <> ''),
    created_at timestamptz not null default now()
);

create table agent_skill (
    agent_id text not null references agent on delete cascade,
    skill    text not null references skill on delete cascade,
    level    smallint not null check (level between 1 and 9),
    primary key (agent_id, skill)
);
create index agent_skill_skill on agent_skill (skill);
