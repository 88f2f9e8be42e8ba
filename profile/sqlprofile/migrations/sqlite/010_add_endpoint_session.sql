-- The session that an endpoint goes with, and ends with.
alter table stoa_endpoint add column session text not null default '';
create index stoa_endpoint_session on stoa_endpoint (session) where session <> '';
