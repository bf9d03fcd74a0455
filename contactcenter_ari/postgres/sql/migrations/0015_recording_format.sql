-- How the file of a recording is written: flac, wav or opus; null for bare samples, which a full
-- disk leaves, and where there is no file.
alter table recording add column format text;
update recording set format = 'wav' where path like '%.wav';
