select name from agent where id = %(agent)s for share
