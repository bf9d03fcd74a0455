-- functions of these names that everybody may call
select p.oid::regprocedure::text
from pg_proc as p
where p.proname like any (%(names)s)
    and p.prokind = 'f'
    and has_function_privilege('public', p.oid, 'execute')
