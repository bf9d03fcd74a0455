select
    interaction.id as interaction, channel, direction, node, flow, flow_version, called_number,
    caller_number, called_number_raw, caller_number_raw, caller_name, caller_status, language, tags, interaction.queue,
    interaction.agent_id as agent, end_reason as reason, ended_by, interaction.started_at,
    interaction.ended_at, spent.waited, spent.talked
from interaction
cross join lateral (
    select
        coalesce(sum(segment.ended_at - segment.started_at)
            filter (where kind = 'queue'), interval '0') as waited,
        coalesce(sum(segment.ended_at - segment.started_at)
            filter (where kind = 'talk'), interval '0') as talked
    from segment
    where segment.interaction_id = interaction.id
) as spent
where interaction.started_at >= %(since)s
order by interaction.started_at, interaction.id
limit %(most)s
