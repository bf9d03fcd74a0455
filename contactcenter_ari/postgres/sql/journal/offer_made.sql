insert into offer (id, interaction_id, agent_id, queue, made_at, grounds)
select distinct on (offer) offer, interaction, agent, queue, at, grounds
from jsonb_to_recordset(%(events)s::jsonb) as event (
    offer text, interaction text, agent text, queue text, at timestamptz, grounds jsonb
)
order by offer
on conflict (id) do update
set grounds = excluded.grounds
where offer.grounds is null
