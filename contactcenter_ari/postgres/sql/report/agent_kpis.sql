-- core/kpi: occupancy
with stretch as (
    select
        agent_id,
        state,
        least(coalesce(ended_at, %(until)s), %(until)s)
            - greatest(started_at, %(since)s) as spent
    from agent_state
    where started_at < %(until)s and (ended_at is null or ended_at > %(since)s)
        and state <> 'logged_out'
), signed_in as (
    select
        agent_id,
        coalesce(sum(spent) filter (where state in ('offered', 'on_call', 'wrap_up')),
            interval '0') as busy,
        coalesce(sum(spent) filter (where state = 'ready'), interval '0') as ready,
        coalesce(sum(spent) filter (where state = 'not_ready'), interval '0') as not_ready
    from stretch
    group by agent_id
)
select
    agent_id as agent,
    (
        select count(*)
        from segment
        where segment.agent_id = signed_in.agent_id and kind = 'talk'
            and started_at >= %(since)s and started_at < %(until)s
    ) as handled,
    busy,
    ready,
    not_ready,
    (extract(epoch from busy)
        / nullif(extract(epoch from busy + ready), 0))::float8 as occupancy,
    (extract(epoch from busy + ready)
        / nullif(extract(epoch from busy + ready + not_ready), 0))::float8 as utilization
from signed_in
order by agent_id
