-- a number that is on the list already keeps its row
insert into do_not_call (number, set_by, reason)
values (%(number)s, %(by)s, %(reason)s)
on conflict do nothing
