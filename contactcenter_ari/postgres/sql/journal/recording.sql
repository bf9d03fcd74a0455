insert into recording (
    id, interaction_id, agent_id, path, failed, cut, duration, pauses, channels, sha256, started_at,
    ended_at
)
select
    event.recording, event.interaction, nullif(event.agent, ''), event.path, event.failed,
    coalesce(event.cut, false), event.duration, coalesce(event.pauses, '[]'), audio.channels,
    decode(audio.sha256, 'hex'), event.started_at, event.at
from
    jsonb_to_recordset(%(events)s::jsonb) as audio (event jsonb, channels smallint, sha256 text),
    jsonb_to_record(audio.event) as event (
        recording text, interaction text, agent text, path text, failed boolean, cut boolean,
        duration interval, pauses jsonb, started_at timestamptz, at timestamptz
    )
on conflict do nothing
