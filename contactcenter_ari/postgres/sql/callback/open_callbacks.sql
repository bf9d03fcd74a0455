select
    id as callback, interaction_id as interaction, queue, number as dialed, waiting_since,
    head_start, priority, flow, language, hours, attempts, attempts_made, retry_after, next_at,
    expires_at, mode, skills, caller_number, timezone
from callback
where closed_at is null and booked_at is not null
order by booked_at, id
limit %(most)s
