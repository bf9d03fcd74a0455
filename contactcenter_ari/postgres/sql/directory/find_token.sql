select name, role, agent_id from api_token where sha256 = %(sha256)s
