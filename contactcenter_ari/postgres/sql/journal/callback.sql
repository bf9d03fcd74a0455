-- a number is cut at 500 characters, for an index entry has a limit; the event has it in full
insert into callback (
    id, interaction_id, queue, number, waiting_since, head_start, priority, flow, language, hours,
    attempts, retry_after, expires_at, mode, skills, caller_number, timezone, booked_at
)
select distinct on (callback)
    callback, interaction, queue, left(dialed, 500), waiting_since, head_start, priority, flow,
    language, hours, attempts, retry_after, expires_at, mode,
    coalesce(skills, '[]'), left(coalesce(caller_number, ''), 500), coalesce(timezone, ''), at
from jsonb_to_recordset(%(events)s::jsonb) as event (
    callback text, interaction text, queue text, dialed text, waiting_since timestamptz,
    head_start interval, priority integer, flow text, language text, hours text,
    attempts integer, retry_after interval, expires_at timestamptz, mode text, skills jsonb,
    caller_number text, timezone text, at timestamptz
)
order by callback
on conflict (id) do update
set interaction_id = excluded.interaction_id, queue = excluded.queue, number = excluded.number,
    waiting_since = excluded.waiting_since, head_start = excluded.head_start,
    priority = excluded.priority, flow = excluded.flow, language = excluded.language,
    hours = excluded.hours, attempts = excluded.attempts, retry_after = excluded.retry_after,
    expires_at = excluded.expires_at, mode = excluded.mode, skills = excluded.skills,
    caller_number = excluded.caller_number, timezone = excluded.timezone,
    booked_at = excluded.booked_at
where callback.booked_at is null
