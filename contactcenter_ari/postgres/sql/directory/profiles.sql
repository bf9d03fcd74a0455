select
    agent.id as agent,
    agent.name,
    phone.id as phone,
    agent.language,
    array(
        select queue from agent_queue where agent_id = agent.id order by queue collate "C"
    ) as queues,
    (
        select coalesce(jsonb_object_agg(skill, level), '{}')
        from agent_skill
        where agent_id = agent.id
    ) as skills
from agent
join phone on phone.agent_id = agent.id
order by agent.id collate "C"
