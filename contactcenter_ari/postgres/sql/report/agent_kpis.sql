-- core/kpi: occupancy. Each talk counts in the interval in which it began.
with stretch as (
    select
        agent_id,
        state,
        least(coalesce(ended_at, %(until)s), %(until)s)
            - greatest(started_at, %(since)s) as spent
    from agent_state
    where started_at < %(until)s and (ended_at is null or ended_at > %(since)s)
        and state <> 'logged_out'
), logged_in as (
    select
        agent_id,
        coalesce(sum(spent) filter (where state in ('offered', 'on_call', 'wrap_up')),
            interval '0') as busy,
        coalesce(sum(spent) filter (where state = 'ready'), interval '0') as ready,
        coalesce(sum(spent) filter (where state = 'not_ready'), interval '0') as not_ready
    from stretch
    group by agent_id
), talked as (
    select agent_id, count(*) as handled
    from segment
    where kind = 'talk' and agent_id is not null
        and started_at >= %(since)s and started_at < %(until)s
    group by agent_id
)
select
    agent_id as agent,
    coalesce(handled, 0) as handled,
    coalesce(busy, interval '0') as busy,
    coalesce(ready, interval '0') as ready,
    coalesce(not_ready, interval '0') as not_ready,
    (extract(epoch from busy)
        / nullif(extract(epoch from busy + ready), 0))::float8 as occupancy,
    (extract(epoch from busy + ready)
        / nullif(extract(epoch from busy + ready + not_ready), 0))::float8 as utilization
from logged_in
full join talked using (agent_id)
order by agent_id collate "C"
