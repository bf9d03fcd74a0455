insert into api_token (sha256, name, role, agent_id, expires_at)
values (%(sha256)s, %(name)s, %(role)s, %(agent)s, %(expires_at)s)
