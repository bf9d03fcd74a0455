-- Both numbers as the carrier wrote them, beside those in E.164; empty where that was not kept, and
-- for calls of our own.
alter table interaction
    add column called_number_raw text not null default '',
    add column caller_number_raw text not null default '';
