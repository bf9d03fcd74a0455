-- a number is cut at 500 characters, for an index entry has a limit; the event has it in full
insert into lost_call (interaction_id, queue, caller_number, waited, reason, opened_at)
select distinct on (interaction)
    interaction, queue, left(caller_number, 500), waited, coalesce(reason, 'abandoned'), at
from jsonb_to_recordset(%(events)s::jsonb) as event (
    interaction text, queue text, caller_number text, waited interval, reason text,
    at timestamptz
)
order by interaction, at
on conflict (interaction_id) do update
set queue = excluded.queue, caller_number = excluded.caller_number, waited = excluded.waited,
    reason = excluded.reason, opened_at = excluded.opened_at
where lost_call.opened_at is null
