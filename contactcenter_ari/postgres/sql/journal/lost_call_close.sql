-- a task is closed once; were there two ends, the first counts
insert into lost_call (interaction_id, result, closed_at)
select distinct on (interaction) interaction, result, at
from jsonb_to_recordset(%(events)s::jsonb) as event (
    interaction text, result text, at timestamptz
)
order by interaction, at
on conflict (interaction_id) do update
set result = excluded.result, closed_at = excluded.closed_at
where lost_call.closed_at is null or lost_call.closed_at > excluded.closed_at
