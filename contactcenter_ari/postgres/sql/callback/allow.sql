delete from do_not_call where number = %(number)s
