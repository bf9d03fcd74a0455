-- How many callers joined each queue in each half hour of the local day (0 is midnight), and on
-- how many days that half hour counts: those of the weekdays on which anybody called at all.
-- Agents' own lines are no queues, and who is called back did not come a second time.
with stay as (
    select queue, started_at at time zone %(zone)s as local
    from segment
    where kind = 'queue' and queue not like '@%%'
        and started_at >= %(since)s and started_at < %(until)s
        and extract(isodow from started_at at time zone %(zone)s)::integer = any(%(weekdays)s)
        and not exists (
            select
            from interaction
            where interaction.id = segment.interaction_id and direction = 'outbound'
        )
), day as (
    select distinct queue, local::date as day
    from stay
), open as (
    select queue, half_hour, count(*)::integer as days
    from day cross join generate_series(0, 47) as half_hour
    where (day + half_hour * interval '30 minutes') at time zone %(zone)s >= %(since)s
        and (day + half_hour * interval '30 minutes') at time zone %(zone)s < %(until)s
    group by queue, half_hour
), joined as (
    select
        queue,
        extract(hour from local)::integer * 2
            + extract(minute from local)::integer / 30 as half_hour,
        count(*)::integer as calls
    from stay
    group by queue, half_hour
)
select queue, half_hour, calls, coalesce(days, 1) as days
from joined left join open using (queue, half_hour)
order by queue collate "C", half_hour
