-- Who calls, as far as call flows look it up.

create table customer (
    id         bigint generated always as identity primary key,
    name       text not null,
    status     text not null default 'standard',
    language   text not null default 'en',
    created_at timestamptz not null default now()
);

create table phone_number (
    number      text primary key,
    customer_id bigint not null references customer on delete cascade
);
create index phone_number_customer on phone_number (customer_id);

create table account (
    policy_number text primary key,
    customer_id   bigint not null references customer on delete cascade,
    balance       numeric(12, 2) not null,
    currency      text not null check (currency ~ '^[A-Z]{3}$')
);
create index account_customer on account (customer_id);
