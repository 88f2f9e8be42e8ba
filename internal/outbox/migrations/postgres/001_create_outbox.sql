-- One row for each message. Those of one destination go out in the order of
-- their numbers. A status is pending, delivered or dead.
create table stoa_outbox (
	seq         bigint generated always as identity primary key,
	destination text collate "C" not null,
	kind        text collate "C" not null,
	key         text collate "C" not null,
	payload     text not null,
	status      text collate "C" not null default 'pending',
	attempts    integer not null default 0,
	due_at      timestamptz,
	lease       text collate "C" not null default '',
	lease_until timestamptz,
	last_error  text not null default '',
	created_at  timestamptz not null default clock_timestamp(),
	done_at     timestamptz,
	unique (destination, key)
);

create index stoa_outbox_lane on stoa_outbox (destination, seq) where status = 'pending';
create index stoa_outbox_status on stoa_outbox (status, seq);

-- The log of deliveries: how each attempt ended. The lease is the attempt's key.
create table stoa_outbox_attempt (
	seq        bigint not null references stoa_outbox (seq) on delete cascade,
	attempt    integer not null,
	lease      text collate "C" not null,
	outcome    text collate "C" not null,
	error      text not null,
	started_at timestamptz not null,
	ended_at   timestamptz not null,
	id         bigint generated always as identity primary key,
	unique (seq, lease)
);

create index stoa_outbox_attempt_seq on stoa_outbox_attempt (seq, id);
