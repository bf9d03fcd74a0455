-- A phone's secret is kept as the digest that SIP needs, MD5 of user, realm and secret, and no
-- longer as it is. The table is written anew, so that the secrets do not stay in its file.
alter table phone
    alter column secret type text using md5(id || ':contactcenter:' || secret);
alter table phone rename column secret to digest;
alter table phone add check (digest ~ '^[0-9a-f]{32}$');
