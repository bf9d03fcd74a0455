select interaction_id as interaction, number, at, kind, data
from interaction_event
where interaction_id = %(interaction)s
order by number
limit %(most)s
