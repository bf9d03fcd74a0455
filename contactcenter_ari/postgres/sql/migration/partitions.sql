-- this month's partition and the next one's, so that midnight of the first finds it there
select create_event_partition(now()), create_event_partition(now() + interval '1 month')
