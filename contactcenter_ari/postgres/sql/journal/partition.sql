-- the month of the instant and the next one
select
    create_event_partition(%(at)s::timestamptz),
    create_event_partition(%(at)s::timestamptz + interval '1 month')
