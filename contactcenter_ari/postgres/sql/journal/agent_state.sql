insert into agent_state (agent_id, number, state, reason, changed_by, started_at)
select agent, number, after, reason, by, at
from jsonb_to_recordset(%(events)s::jsonb) as event (
    agent text, number bigint, after text, reason text, by text, at timestamptz
)
on conflict do nothing
