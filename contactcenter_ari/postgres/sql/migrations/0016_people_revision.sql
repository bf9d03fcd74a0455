-- One more with each change of agents, their queues, skills and phones, and of tokens: a running
-- center reads them when this has changed, and not again and again.
create table people_revision (revision bigint not null);
insert into people_revision (revision) values (1);

create function revise_people() returns trigger language plpgsql as $$
begin
    update people_revision set revision = revision + 1;
    return null;
end
$$;

create trigger revised after insert or update or delete or truncate on agent
    for each statement execute function revise_people();
create trigger revised after insert or update or delete or truncate on agent_queue
    for each statement execute function revise_people();
create trigger revised after insert or update or delete or truncate on agent_skill
    for each statement execute function revise_people();
create trigger revised after insert or update or delete or truncate on phone
    for each statement execute function revise_people();
create trigger revised after insert or update or delete or truncate on api_token
    for each statement execute function revise_people();
