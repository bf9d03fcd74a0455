with latest as (
    select distinct on (queue) queue, state, changed_by
    from queue_state
    order by queue, started_at desc, number desc
)
select queue, changed_by as by from latest where state = 'closed' order by queue collate "C"
