create table stoa_portal_session (
	hash    text primary key collate "C",
	person  text not null,
	ends_at timestamptz not null
);
create index stoa_portal_session_ends on stoa_portal_session (ends_at);
