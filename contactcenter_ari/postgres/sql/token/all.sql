select sha256, name, role, agent_id as agent, created_at, expires_at, revoked_at
from api_token
order by created_at, sha256
