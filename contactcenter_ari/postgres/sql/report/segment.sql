select
    id as segment, interaction_id as interaction, kind, queue, agent_id as agent, result,
    position_at_entry, position_at_exit, started_at, ended_at
from segment
where started_at >= %(since)s
order by started_at, id
limit %(most)s
