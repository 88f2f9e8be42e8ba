-- One row for each message. Those of one destination go out in the order of
-- their numbers. A status is pending, delivered or dead.
create table stoa_outbox (
	seq         integer primary key autoincrement,
	destination text not null,
	kind        text not null,
	key         text not null,
	payload     text not null,
	status      text not null default 'pending',
	attempts    integer not null default 0,
	due_at      timestamp,
	lease       text not null default '',
	lease_until timestamp,
	last_error  text not null default '',
	created_at  timestamp not null default (strftime('%Y-%m-%d %H:%M:%f', 'now') || '+00:00'),
	done_at     timestamp,
	unique (destination, key)
);

create index stoa_outbox_lane on stoa_outbox (destination, seq) where status = 'pending';
create index stoa_outbox_status on stoa_outbox (status, seq);

-- The log of deliveries: how each attempt ended. The lease is the attempt's key.
create table stoa_outbox_attempt (
	seq        integer not null references stoa_outbox (seq) on delete cascade,
	attempt    integer not null,
	lease      text not null,
	outcome    text not null,
	error      text not null,
	started_at timestamp not null,
	ended_at   timestamp not null,
	id         integer primary key autoincrement,
	unique (seq, lease)
);

create index stoa_outbox_attempt_seq on stoa_outbox_attempt (seq, id);
