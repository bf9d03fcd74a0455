insert into offer (id, interaction_id, agent_id, queue, result, made_at, rang_at, ended_at)
select distinct on (offer) offer, interaction, agent, queue, result, made_at, rang_at, at
from jsonb_to_recordset(%(events)s::jsonb) as event (
    offer text, interaction text, agent text, queue text, result text, made_at timestamptz,
    rang_at timestamptz, at timestamptz
)
order by offer
on conflict (id) do update
set result = excluded.result, rang_at = excluded.rang_at, ended_at = excluded.ended_at
where offer.result is null
