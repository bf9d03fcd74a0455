insert into offer (id, interaction_id, agent_id, queue, made_at, reason)
select distinct on (offer) offer, interaction, agent, queue, at, reason
from jsonb_to_recordset(%(events)s::jsonb) as event (
    offer text, interaction text, agent text, queue text, at timestamptz, reason jsonb
)
order by offer
on conflict (id) do update
set reason = excluded.reason
where offer.reason is null
