-- core/kpi: queue_stay, service_level, answer_speed, abandonment, handle_time. A customer whom we
-- call back waits as well, but came only once: that stay was the one in which he was promised it.
with stay as (
    select
        interaction_id,
        queue,
        ended_at - started_at as waited,
        result = 'answered' as answered,
        result in ('abandoned', 'abandoned_short') as abandoned,
        result = 'abandoned_short' as short,
        coalesce((%(within)s::jsonb ->> queue)::interval, %(default_within)s) as within
    from segment
    where kind = 'queue' and started_at >= %(since)s and started_at < %(until)s
        and not exists (
            select
            from interaction
            where interaction.id = segment.interaction_id and direction = 'outbound'
        )
), counted as (
    select
        queue,
        max(within) as within,
        count(*) as offered,
        count(*) filter (where answered) as answered,
        count(*) filter (where answered and waited <= within) as answered_within,
        count(*) filter (where abandoned) as abandoned,
        count(*) filter (where abandoned and waited <= within) as abandoned_within,
        count(*) filter (where short) as abandoned_short,
        avg(waited) filter (where answered) as average_speed_of_answer,
        percentile_cont(0.5) within group (order by waited)
            filter (where answered) as median_speed_of_answer,
        percentile_cont(0.9) within group (order by waited)
            filter (where answered) as p90_speed_of_answer,
        max(waited) filter (where answered) as longest_speed_of_answer
    from stay
    group by queue
), handling as (
    -- counted where the caller entered the queue, whenever the talk was
    select
        segment.queue,
        count(*) filter (where kind = 'talk') as handled,
        sum(ended_at - started_at) as spent
    from segment
    where kind in ('talk', 'wrap_up')
        and exists (
            select
            from stay
            where stay.interaction_id = segment.interaction_id
                and stay.queue = segment.queue
                and stay.answered
        )
    group by segment.queue
)
select
    counted.*,
    answered_within::float8
        / nullif(answered + abandoned - abandoned_within, 0) as service_level,
    answered_within::float8 / nullif(answered + abandoned, 0) as strict,
    (answered_within + abandoned_within)::float8
        / nullif(answered + abandoned, 0) as count_quick,
    answered_within::float8 / nullif(answered, 0) as answered_only,
    (answered_within + abandoned_short)::float8
        / nullif(answered + abandoned, 0) as count_short,
    (abandoned - abandoned_short)::float8
        / nullif(offered - abandoned_short, 0) as abandonment,
    coalesce(handled, 0) as handled,
    spent / nullif(handled, 0) as average_handle_time
from counted
left join handling using (queue)
order by queue
