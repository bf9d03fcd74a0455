select
    id as offer, interaction_id as interaction, agent_id as agent, queue, result, made_at,
    rang_at, ended_at, reason
from offer
where made_at >= %(since)s and result is not null
order by made_at, id
limit %(most)s
