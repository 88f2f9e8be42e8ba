create index stoa_event_latest on stoa_event (user_id, at, id) where user_id <> '';
drop index stoa_event_user;
