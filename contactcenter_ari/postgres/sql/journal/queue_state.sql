insert into queue_state (queue, number, state, changed_by, started_at)
select
    queue, number, case type when 'QueueClosed' then 'closed' else 'open' end, by, at
from jsonb_to_recordset(%(events)s::jsonb) as event (
    type text, queue text, number bigint, by text, at timestamptz
)
on conflict do nothing
