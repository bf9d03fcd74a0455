-- the tables, views and sequences of which the role has any right
select distinct n.nspname, c.relname
from pg_class as c
join pg_namespace as n on n.oid = c.relnamespace
left join pg_attribute as a on a.attrelid = c.oid and a.attacl is not null
cross join lateral (
    select grantee from aclexplode(c.relacl)
    union all
    select grantee from aclexplode(a.attacl)
) as granted
join pg_roles as r on r.oid = granted.grantee
where r.rolname = %(role)s
