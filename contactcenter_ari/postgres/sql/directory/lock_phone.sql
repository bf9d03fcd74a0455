select id from phone where agent_id = %(agent)s for update
