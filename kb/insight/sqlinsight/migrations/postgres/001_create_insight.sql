-- Until when something has been done.
create table stoa_insight_progress (
	name  text collate "C" primary key,
	until timestamptz not null
);

-- What happened on a day.
create table stoa_insight_count (
	series    text collate "C" not null,
	subject   text collate "C" not null,
	detail    text collate "C" not null,
	day       text collate "C" not null,
	views     bigint not null,
	clicks    bigint not null,
	shown     bigint not null,
	cases     bigint not null,
	searches  bigint not null,
	empty     bigint not null,
	unclicked bigint not null,
	refined   bigint not null,
	primary key (series, subject, detail, day)
);
create index stoa_insight_count_day on stoa_insight_count (day);

-- Who searched for what.
create table stoa_insight_searcher (
	query   text collate "C" not null,
	person  text collate "C" not null,
	visitor text collate "C" not null,
	day     text collate "C" not null,
	primary key (query, person, visitor, day)
);
create index stoa_insight_searcher_day on stoa_insight_searcher (day);
create index stoa_insight_searcher_person on stoa_insight_searcher (person, query, day) where person <> '';

-- What was made of that.
create table stoa_insight_item (
	kind     text collate "C" not null,
	id       text collate "C" not null,
	rank     bigint not null,
	owner    text collate "C" not null,
	category text collate "C" not null,
	type     text collate "C" not null,
	locale   text collate "C" not null,
	labels   text not null,
	state    text collate "C" not null,
	decider  text collate "C" not null,
	body     text not null,
	at       timestamptz not null,
	primary key (kind, id)
);
create index stoa_insight_item_rank on stoa_insight_item (kind, rank desc, id);
create index stoa_insight_item_owner on stoa_insight_item (owner) where owner <> '';
create index stoa_insight_item_decider on stoa_insight_item (decider) where decider <> '';

create table stoa_insight_label (
	kind  text collate "C" not null,
	id    text collate "C" not null,
	label text collate "C" not null,
	primary key (kind, label, id)
);
create index stoa_insight_label_item on stoa_insight_label (kind, id);
