-- one program at a time makes and changes the role; the number is "CCLR" and means nothing else
select pg_advisory_xact_lock(1128483922)
