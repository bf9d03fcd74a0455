-- a number is cut at 500 characters, for an index entry has a limit; the event has it in full
insert into interaction (
    id, channel, direction, node, flow, flow_version, called_number, caller_number, caller_name,
    caller_status, language, tags, queue, agent_id, end_reason, ended_by, started_at, ended_at,
    called_number_raw, caller_number_raw
)
select
    interaction, channel, direction, node, flow, flow_version, left(called_number, 500),
    left(caller_number, 500), caller_name, caller_status, language, tags, nullif(queue, ''),
    nullif(agent, ''), reason, ended_by, started_at, at, coalesce(called_number_raw, ''),
    coalesce(caller_number_raw, '')
from jsonb_to_recordset(%(events)s::jsonb) as event (
    interaction text, channel text, direction text, node text, flow text, flow_version text,
    called_number text, caller_number text, caller_name text, caller_status text, language text,
    tags jsonb, queue text, agent text, reason text, ended_by text, started_at timestamptz,
    at timestamptz, called_number_raw text, caller_number_raw text
)
on conflict do nothing
