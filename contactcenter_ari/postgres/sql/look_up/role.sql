-- whether the role can do more than connect and read what it was granted; no row: there is none
select
    r.rolsuper or r.rolcreaterole or r.rolcreatedb or r.rolreplication or r.rolbypassrls
    or exists (select 1 from pg_auth_members as m where m.member = r.oid)
    or exists (select 1 from pg_class as c where c.relowner = r.oid)
from pg_roles as r
where r.rolname = %(role)s
