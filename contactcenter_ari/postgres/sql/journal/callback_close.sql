-- a callback is closed once; were there two ends, the first counts
insert into callback (id, result, closed_at)
select distinct on (callback) callback, result, at
from jsonb_to_recordset(%(events)s::jsonb) as event (
    callback text, result text, at timestamptz
)
order by callback, at
on conflict (id) do update
set result = excluded.result, closed_at = excluded.closed_at
where callback.closed_at is null or callback.closed_at > excluded.closed_at
