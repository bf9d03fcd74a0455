insert into api_token (sha256, name, role, agent_id)
values (%(sha256)s, %(name)s, %(role)s, %(agent)s)
