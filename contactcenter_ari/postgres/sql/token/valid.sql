select sha256, name, role, agent_id as agent, created_at, expires_at, revoked_at
from api_token
where revoked_at is null and (expires_at is null or expires_at > now())
