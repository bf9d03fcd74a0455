insert into interaction_event (interaction_id, number, at, kind, data)
select
    event ->> 'interaction',
    (event ->> 'number')::bigint,
    (event ->> 'at')::timestamptz,
    event ->> 'type',
    event - array['interaction', 'number', 'at', 'type']
from jsonb_array_elements(%(events)s::jsonb) as event
on conflict do nothing
