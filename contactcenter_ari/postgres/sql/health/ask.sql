-- whether anything can be written: not on a stand-by, nor where somebody forbade it
select pg_is_in_recovery() or current_setting('default_transaction_read_only')::boolean
