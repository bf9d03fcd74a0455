with gone as (
    delete from agent_queue where agent_id = %(agent)s and queue <> all (%(queues)s::text[])
)
insert into agent_queue (agent_id, queue)
select %(agent)s, queue from unnest(%(queues)s::text[]) as queue
on conflict do nothing
