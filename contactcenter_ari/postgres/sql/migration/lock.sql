-- one program at a time; the number is "CCMI" and means nothing else
select pg_advisory_lock(1128484169)
