-- the last attempt says how many there were and when the next is due
insert into callback (id, attempts_made, next_at, last_result)
select distinct on (callback) callback, attempt, next_at, result
from jsonb_to_recordset(%(events)s::jsonb) as event (
    callback text, attempt integer, next_at timestamptz, result text
)
order by callback, attempt desc
on conflict (id) do update
set attempts_made = excluded.attempts_made, next_at = excluded.next_at,
    last_result = excluded.last_result
where callback.attempts_made < excluded.attempts_made
