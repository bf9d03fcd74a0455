update phone set secret = %(secret)s where agent_id = %(agent)s returning id
