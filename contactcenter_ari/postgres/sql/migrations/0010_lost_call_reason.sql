-- Why a call is a task: abandoned in a queue, or a number or a message left while the application
-- was away. Null until the event that opens it has come.
alter table lost_call add column reason text;
update lost_call set reason = 'abandoned' where opened_at is not null;
