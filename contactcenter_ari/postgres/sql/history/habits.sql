-- core/kpi: handle_time, by its parts. Patience is not seen of those who were answered before it
-- ended: with exponential patience its mean is the time that all waited over the number of those
-- who gave up (maximum likelihood of censored data).
with stay as (
    select
        queue,
        sum(ended_at - started_at) as waited,
        count(*) filter (where result in ('abandoned', 'abandoned_short'))::integer as abandoned
    from segment
    where kind = 'queue' and queue not like '@%%'
        and started_at >= %(since)s and started_at < %(until)s
        and extract(isodow from started_at at time zone %(zone)s)::integer = any(%(weekdays)s)
    group by queue
), work as (
    select
        queue,
        count(*) filter (where kind = 'talk')::integer as talks,
        avg(ended_at - started_at) filter (where kind = 'talk') as talk,
        stddev_samp(extract(epoch from ended_at - started_at))
            filter (where kind = 'talk')::float8 as talk_deviation,
        coalesce(sum(ended_at - started_at) filter (where kind = 'wrap_up'), interval '0')
            / nullif(count(*) filter (where kind = 'talk'), 0) as wrap_up
    from segment
    where kind in ('talk', 'wrap_up')
        and started_at >= %(since)s and started_at < %(until)s
        and extract(isodow from started_at at time zone %(zone)s)::integer = any(%(weekdays)s)
    group by queue
)
select
    queue,
    waited,
    abandoned,
    coalesce(talks, 0) as talks,
    talk,
    coalesce(talk_deviation, 0) as talk_deviation,
    coalesce(wrap_up, interval '0') as wrap_up
from stay left join work using (queue)
order by queue collate "C"
