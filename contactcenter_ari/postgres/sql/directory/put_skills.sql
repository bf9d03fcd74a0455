with asked as (
    select key as name, value::smallint as level
    from jsonb_each_text(%(skills)s::jsonb)
), known as (
    insert into skill (name)
    select name from asked
    on conflict do nothing
)
insert into agent_skill (agent_id, skill, level)
select %(agent)s, name, level from asked
on conflict (agent_id, skill) do update set level = excluded.level
