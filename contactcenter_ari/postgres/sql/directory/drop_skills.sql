delete from agent_skill where agent_id = %(agent)s and skill = any (%(skills)s)
