-- as `ask`, once the tables are there, and the number of the last change of agents and tokens
select
    pg_is_in_recovery() or current_setting('default_transaction_read_only')::boolean,
    (select revision from people_revision)
