-- Each stretch ends where the agent's next one begins. Those that were open or reached into the
-- time of this batch are looked at again, so the outcome is the same in whatever order, and
-- however often, the moves are delivered.
update agent_state as stretch
set ended_at = following.started_at
from agent_state as following
where stretch.agent_id = any (%(agents)s)
    and (stretch.ended_at is null or stretch.ended_at >= %(since)s)
    and following.agent_id = stretch.agent_id
    and (following.started_at, following.number) = (
        select candidate.started_at, candidate.number
        from agent_state as candidate
        where candidate.agent_id = stretch.agent_id
            and (candidate.started_at, candidate.number) > (stretch.started_at, stretch.number)
        order by candidate.started_at, candidate.number
        limit 1
    )
    and stretch.ended_at is distinct from following.started_at
