select agent_id as agent, number, state, reason, changed_by, started_at, ended_at
from agent_state
where started_at >= %(since)s
order by started_at, number, agent_id
limit %(most)s
