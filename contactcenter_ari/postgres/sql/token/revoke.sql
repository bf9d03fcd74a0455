update api_token set revoked_at = now() where sha256 = %(sha256)s and revoked_at is null
