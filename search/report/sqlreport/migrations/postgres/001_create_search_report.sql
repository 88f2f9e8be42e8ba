-- Until when facts were added.
create table stoa_search_report (
	id    integer primary key check (id = 1),
	until timestamptz not null
);

-- What came of searches, by day; of all questions together where query is empty.
create table stoa_search_count (
	day       text collate "C" not null,
	locale    text collate "C" not null,
	query     text collate "C" not null,
	brand     text collate "C" not null,
	role      text collate "C" not null,
	channel   text collate "C" not null,
	text      text collate "C" not null,
	searches  bigint not null,
	empty     bigint not null,
	unclicked bigint not null,
	refined   bigint not null,
	exits     bigint not null,
	cases     bigint not null,
	followed  bigint not null,
	ranks     bigint not null,
	top       bigint not null,
	primary key (day, locale, query, brand, role, channel)
);
create index stoa_search_count_query on stoa_search_count (query, locale, day);

-- Who searched for what.
create table stoa_search_asker (
	day     text collate "C" not null,
	locale  text collate "C" not null,
	query   text collate "C" not null,
	person  text collate "C" not null,
	visitor text collate "C" not null,
	brand   text collate "C" not null,
	role    text collate "C" not null,
	channel text collate "C" not null,
	primary key (day, locale, query, person, visitor)
);
create index stoa_search_asker_query on stoa_search_asker (query, locale, day);
create index stoa_search_asker_person on stoa_search_asker (person) where person <> '';

-- What was decided about a question.
create table stoa_search_mark (
	locale     text collate "C" not null,
	query      text collate "C" not null,
	state      text collate "C" not null,
	deed       text collate "C" not null,
	reason     text not null,
	decider    text collate "C" not null,
	decided_at timestamptz not null,
	people     bigint not null,
	version    bigint not null,
	primary key (locale, query)
);
create index stoa_search_mark_decider on stoa_search_mark (decider);

-- What people followed in trials of two rankings.
create table stoa_search_vote (
	trial   text collate "C" not null,
	person  text collate "C" not null,
	visitor text collate "C" not null,
	live    bigint not null,
	other   bigint not null,
	primary key (trial, person, visitor)
);
create index stoa_search_vote_person on stoa_search_vote (person) where person <> '';
