-- One row for each change. There is one writer at a time, so the numbers are in
-- the order of the commits, and xid is only there to keep the queries the same.
create table stoa_feed (
	seq   integer primary key autoincrement,
	xid   integer not null default 0,
	topic text not null,
	ref   text not null,
	op    text not null,
	at    timestamp not null default (strftime('%Y-%m-%d %H:%M:%f', 'now') || '+00:00')
);

create index stoa_feed_order on stoa_feed (xid, seq);

create table stoa_feed_epoch (
	id          integer primary key check (id = 1),
	epoch       text not null,
	system      text not null,
	pruned_xid  integer not null default 0,
	pruned_seq  integer not null default 0,
	pruned_hash text not null default ''
);

insert into stoa_feed_epoch (id, epoch, system)
values (1, lower(hex(randomblob(16))), '');
