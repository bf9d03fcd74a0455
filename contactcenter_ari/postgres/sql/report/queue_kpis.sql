-- core/kpi: queue_stay, service_level, answer_speed, abandonment, handle_time. A customer whom we
-- call back waits as well, but came only once: in the stay in which the callback was booked.
-- Agents' own lines are no queues.
with stay as (
    select
        queue,
        ended_at - started_at as waited,
        result,
        result = 'answered' as answered,
        result in ('abandoned', 'abandoned_short') as abandoned,
        ended_at - started_at
            <= coalesce((%(within)s::jsonb ->> queue)::interval, %(default_within)s) as quick
    from segment
    where kind = 'queue' and queue not like '@%%'
        and started_at >= %(since)s and started_at < %(until)s
        and not exists (
            select
            from interaction
            where interaction.id = segment.interaction_id and direction = 'outbound'
        )
        and not exists (  -- its interaction is not over
            select
            from interaction_event
            where interaction_event.interaction_id = segment.interaction_id
                and kind = 'InteractionStarted' and data ->> 'direction' = 'outbound'
                and at > segment.started_at - interval '1 day' and at <= segment.started_at
        )
), counted as (
    select
        queue,
        count(*) as offered,
        count(*) filter (where answered) as answered,
        count(*) filter (where answered and quick) as answered_within,
        count(*) filter (where abandoned) as abandoned,
        count(*) filter (where abandoned and quick) as abandoned_within,
        count(*) filter (where result = 'abandoned_short') as abandoned_short,
        count(*) filter (
            where result in ('timeout', 'full', 'closed', 'no_agents', 'diverted')
        ) as sent_away,
        count(*) filter (
            where result in ('key_exit', 'callback_taken', 'transferred', 'withdrawn')
        ) as moved_on,
        count(*) filter (where result = 'callback_taken') as callbacks_taken,
        count(*) filter (where result = 'system_error') as lost,
        avg(waited) filter (where answered) as average_speed_of_answer,
        percentile_cont(0.5) within group (order by waited)
            filter (where answered) as median_speed_of_answer,
        percentile_cont(0.9) within group (order by waited)
            filter (where answered) as p90_speed_of_answer,
        max(waited) filter (where answered) as longest_speed_of_answer
    from stay
    group by queue
), work as (
    -- a wrap-up belongs to the last talk of its agent in the interaction
    select
        *,
        count(*) filter (where kind = 'talk') over (
            partition by interaction_id, agent_id
            order by started_at, kind = 'wrap_up', id collate "C"
        ) as talk_number
    from segment
    where kind in ('talk', 'wrap_up') and agent_id is not null
        and interaction_id in (
            select interaction_id
            from segment
            where started_at >= %(since)s and started_at < %(until)s
        )
), talk as (
    select
        interaction_id,
        min(queue) filter (where kind = 'talk') as queue,
        min(started_at) filter (where kind = 'talk') as began_at,
        sum(ended_at - started_at) as spent
    from work
    where talk_number > 0
    group by interaction_id, agent_id, talk_number
), handling as (
    -- counted where the caller entered the queue, whenever the talk was; a talk that no stay led
    -- to, as that of a callback, where it began
    select
        talk.queue,
        count(*) as handled,
        avg(spent) as average_handle_time,
        percentile_cont(0.5) within group (order by spent) as median_handle_time,
        percentile_cont(0.9) within group (order by spent) as p90_handle_time,
        max(spent) as longest_handle_time
    from talk
    left join lateral (
        select started_at
        from segment
        where segment.interaction_id = talk.interaction_id and segment.queue = talk.queue
            and kind = 'queue' and result = 'answered' and ended_at <= talk.began_at
        order by ended_at desc, started_at desc
        limit 1
    ) as entry on true
    where talk.queue not like '@%%'
        and coalesce(entry.started_at, talk.began_at) >= %(since)s
        and coalesce(entry.started_at, talk.began_at) < %(until)s
    group by talk.queue
), known as (
    select
        queue,
        coalesce(offered, 0) as offered,
        coalesce(answered, 0) as answered,
        coalesce(answered_within, 0) as answered_within,
        coalesce(abandoned, 0) as abandoned,
        coalesce(abandoned_within, 0) as abandoned_within,
        coalesce(abandoned_short, 0) as abandoned_short,
        coalesce(sent_away, 0) as sent_away,
        coalesce(moved_on, 0) as moved_on,
        coalesce(callbacks_taken, 0) as callbacks_taken,
        coalesce(lost, 0) as lost,
        average_speed_of_answer,
        median_speed_of_answer,
        p90_speed_of_answer,
        longest_speed_of_answer,
        coalesce(handled, 0) as handled,
        average_handle_time,
        median_handle_time,
        p90_handle_time,
        longest_handle_time
    from counted
    full join handling using (queue)
), level as (
    select
        queue,
        answered_within::float8
            / nullif(answered + sent_away + lost + abandoned - abandoned_within, 0)
            as ignore_quick,
        answered_within::float8
            / nullif(answered + abandoned + sent_away + lost, 0) as strict,
        (answered_within + abandoned_within)::float8
            / nullif(answered + abandoned + sent_away + lost, 0) as count_quick,
        answered_within::float8 / nullif(answered, 0) as answered_only,
        (answered_within + abandoned_short)::float8
            / nullif(answered + abandoned + sent_away + lost, 0) as count_short
    from known
)
select
    known.*,
    coalesce((%(within)s::jsonb ->> queue)::interval, %(default_within)s) as within,
    %(formula)s::text as formula,
    case %(formula)s::text
        when 'ignore_quick' then ignore_quick
        when 'strict' then strict
        when 'count_quick' then count_quick
        when 'answered_only' then answered_only
        when 'count_short' then count_short
    end as service_level,
    ignore_quick,
    strict,
    count_quick,
    answered_only,
    count_short,
    (abandoned - abandoned_short)::float8
        / nullif(offered - abandoned_short, 0) as abandonment
from known
join level using (queue)
order by queue collate "C"
