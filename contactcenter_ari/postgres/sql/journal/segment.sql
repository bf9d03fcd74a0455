insert into segment (
    id, interaction_id, kind, queue, agent_id, result, position_at_entry, position_at_exit,
    started_at, ended_at
)
select
    segment, interaction, kind, nullif(queue, ''), nullif(agent, ''), result,
    nullif(position_at_entry, 0), nullif(position_at_exit, 0), started_at, at
from jsonb_to_recordset(%(events)s::jsonb) as event (
    segment text, interaction text, kind text, queue text, agent text, result text,
    position_at_entry integer, position_at_exit integer, started_at timestamptz, at timestamptz
)
on conflict do nothing
