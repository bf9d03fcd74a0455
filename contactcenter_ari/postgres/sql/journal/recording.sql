insert into recording (
    id, interaction_id, agent_id, path, failed, cut, duration, pauses, format, channels, sha256,
    started_at, ended_at
)
select
    event.recording, event.interaction, nullif(event.agent, ''), event.path, event.failed,
    coalesce(event.cut, false), event.duration, coalesce(event.pauses, '[]'),
    event.facts ->> 'format', (event.facts ->> 'channels')::smallint,
    decode(event.facts ->> 'sha256', 'hex'), event.started_at,
    coalesce(event.ended_at, event.at)
from
    jsonb_to_recordset(%(events)s::jsonb) as event (
        recording text, interaction text, agent text, path text, failed boolean, cut boolean,
        duration interval, pauses jsonb, facts jsonb, started_at timestamptz,
        ended_at timestamptz, at timestamptz
    )
on conflict do nothing
