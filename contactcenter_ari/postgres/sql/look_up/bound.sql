-- for this transaction alone; read-only cannot be undone inside it
select
    set_config('transaction_read_only', 'on', true),
    set_config('statement_timeout', %(limit)s, true)
