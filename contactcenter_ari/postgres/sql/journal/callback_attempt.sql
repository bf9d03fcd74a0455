-- the last attempt says how many there were, when the next is due, and where it had to be day
insert into callback (id, attempts_made, next_at, last_result, zones, zone_source)
select distinct on (callback) callback, attempt, next_at, result, zones, zone_source
from jsonb_to_recordset(%(events)s::jsonb) as event (
    callback text, attempt integer, next_at timestamptz, result text, zones text[],
    zone_source text
)
order by callback, attempt desc
on conflict (id) do update
set attempts_made = excluded.attempts_made, next_at = excluded.next_at,
    last_result = excluded.last_result, zones = excluded.zones,
    zone_source = excluded.zone_source
where callback.attempts_made < excluded.attempts_made
