with new_customer as (
    insert into customer (name, status, language, timezone)
    select %(name)s, %(status)s, %(language)s, %(timezone)s
    where not exists (select from account where policy_number = %(policy_number)s)
    returning id
), new_number as (
    insert into phone_number (number, customer_id)
    select number, new_customer.id
    from new_customer, unnest(%(numbers)s::text[]) as number
    on conflict do nothing
)
insert into account (policy_number, customer_id, balance, currency)
select %(policy_number)s, id, %(balance)s, %(currency)s from new_customer
