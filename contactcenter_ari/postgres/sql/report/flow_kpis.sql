-- core/kpi: containment. A customer whom we call back is not answered by the flow, nor is a
-- caller who was apologized to.
with counted as (
    select
        flow,
        count(*) as entered,
        count(*) filter (where end_reason = 'contained') as contained,
        count(*) filter (where end_reason = 'left_flow') as left_early
    from interaction
    where started_at >= %(since)s and started_at < %(until)s
        and end_reason not in ('rejected', 'apologized', 'orphaned')
        and direction <> 'outbound'
    group by flow
)
select
    flow,
    entered,
    contained,
    left_early as left,
    contained::float8 / nullif(entered, 0) as containment
from counted
order by flow
