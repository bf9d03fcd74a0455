-- core/kpi: handle_time, by the half hour of the week (0 is Monday 0:00 UTC) in which the first
-- talk of a contact began. Agents' own lines are no queues.
with contact as (
    select
        queue,
        min(started_at) filter (where kind = 'talk') at time zone 'UTC' as began,
        count(*) filter (where kind = 'talk') as talks,
        sum(ended_at - started_at) as handled
    from segment
    where kind in ('talk', 'wrap_up') and started_at >= %(since)s and queue not like '@%%'
    group by interaction_id, queue
)
select
    queue,
    (extract(isodow from began)::integer - 1) * 48 + extract(hour from began)::integer * 2
        + extract(minute from began)::integer / 30 as half_hour,
    sum(handled) / sum(talks)::float8 as mean,
    sum(talks)::integer as contacts
from contact
where talks > 0
group by queue, half_hour
order by queue collate "C", half_hour
