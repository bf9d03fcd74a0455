update phone set digest = %(digest)s where id = %(phone)s
