insert into disposition (interaction_id, number, agent_id, queue, disposition, set_by, set_at)
select interaction, number, agent, queue, disposition, by, at
from jsonb_to_recordset(%(events)s::jsonb) as event (
    interaction text, number bigint, agent text, queue text, disposition text, by text,
    at timestamptz
)
on conflict do nothing
