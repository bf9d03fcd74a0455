-- who is on the list already stays there as he came
insert into do_not_call (number, set_by, reason)
values (%(number)s, %(by)s, %(reason)s)
on conflict do nothing
