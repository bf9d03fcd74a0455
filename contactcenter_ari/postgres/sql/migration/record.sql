insert into schema_migration (number, name, checksum)
values (%(number)s, %(name)s, %(checksum)s)
