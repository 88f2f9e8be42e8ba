-- One row for each change. The transaction that wrote it is part of its place
-- in the order: numbers of a sequence become visible in another order than
-- they were taken, and a reader that trusted them would skip rows.
create table stoa_feed (
	seq   bigint generated always as identity primary key,
	xid   xid8 not null default pg_current_xact_id(),
	topic text collate "C" not null,
	ref   text collate "C" not null,
	op    text collate "C" not null,
	at    timestamptz not null default clock_timestamp()
);

create index stoa_feed_order on stoa_feed (xid, seq);

-- One row. The epoch changes when the feed starts anew; system is the cluster
-- whose transaction numbers the feed holds; pruned_* is the last row removed.
create table stoa_feed_epoch (
	id          integer primary key check (id = 1),
	epoch       text collate "C" not null,
	system      text collate "C" not null,
	pruned_xid  bigint not null default 0,
	pruned_seq  bigint not null default 0,
	pruned_hash text collate "C" not null default ''
);

insert into stoa_feed_epoch (id, epoch, system)
select 1, replace(cast(gen_random_uuid() as text), '-', ''), cast(system_identifier as text)
from pg_control_system();
