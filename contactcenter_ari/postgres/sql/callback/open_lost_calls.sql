select interaction_id as interaction, queue, caller_number, opened_at,
    coalesce(reason, 'abandoned') as reason
from lost_call
where closed_at is null and opened_at is not null
order by opened_at, interaction_id
limit %(most)s
