update agent
set name = coalesce(%(name)s, name), language = coalesce(%(language)s, language)
where id = %(agent)s
