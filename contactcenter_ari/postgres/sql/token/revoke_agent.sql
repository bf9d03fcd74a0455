update api_token set revoked_at = now() where agent_id = %(agent)s and revoked_at is null
