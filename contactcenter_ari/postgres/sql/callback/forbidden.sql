select number, set_by as by from do_not_call order by set_at, number
