select
    id as recording, interaction_id as interaction, agent_id as agent, path, failed, cut,
    duration, pauses, format, channels, encode(sha256, 'hex') as sha256, started_at, ended_at
from recording
where started_at >= %(since)s
order by started_at, id
limit %(most)s
