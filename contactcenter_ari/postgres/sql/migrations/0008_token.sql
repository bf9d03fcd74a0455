-- Tokens end by themselves or are revoked; a wall shows boards. A revoked token stays for the record.

alter table api_token
    drop constraint api_token_role_check,
    add constraint api_token_role_check
        check (role in ('agent', 'supervisor', 'engineer', 'admin', 'wall')),
    add column expires_at timestamptz,
    add column revoked_at timestamptz;
