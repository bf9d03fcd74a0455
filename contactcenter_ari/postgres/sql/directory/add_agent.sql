with new_agent as (
    insert into agent (id, name, language)
    values (%(agent)s, %(name)s, %(language)s)
    returning id
), new_phone as (
    insert into phone (id, agent_id, digest)
    select %(phone)s, id, %(digest)s from new_agent
)
insert into agent_queue (agent_id, queue)
select new_agent.id, queue
from new_agent, unnest(%(queues)s::text[]) as queue
