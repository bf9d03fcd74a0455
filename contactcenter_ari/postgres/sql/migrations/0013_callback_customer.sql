-- Who was promised a call back: the number they called from (E.164, empty when withheld), and the
-- time zone they live in (IANA name, empty when not known). Then where it had to be day for the
-- last attempt, and how that was known; null until there was one.

alter table callback
    add column caller_number text not null default '',
    add column timezone text not null default '',
    add column zones text[],
    add column zone_source text;
alter table customer add column timezone text not null default '';
