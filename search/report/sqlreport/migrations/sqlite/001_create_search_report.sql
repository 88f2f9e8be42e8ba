-- Until when facts were added.
create table stoa_search_report (
	id    integer primary key check (id = 1),
	until timestamp not null
);

-- What came of searches, by day; of all questions together where query is empty.
create table stoa_search_count (
	day       text not null,
	locale    text not null,
	query     text not null,
	brand     text not null,
	role      text not null,
	channel   text not null,
	text      text not null,
	searches  integer not null,
	empty     integer not null,
	unclicked integer not null,
	refined   integer not null,
	exits     integer not null,
	cases     integer not null,
	followed  integer not null,
	ranks     integer not null,
	top       integer not null,
	primary key (day, locale, query, brand, role, channel)
);
create index stoa_search_count_query on stoa_search_count (query, locale, day);

-- Who searched for what.
create table stoa_search_asker (
	day     text not null,
	locale  text not null,
	query   text not null,
	person  text not null,
	visitor text not null,
	brand   text not null,
	role    text not null,
	channel text not null,
	primary key (day, locale, query, person, visitor)
);
create index stoa_search_asker_query on stoa_search_asker (query, locale, day);
create index stoa_search_asker_person on stoa_search_asker (person) where person <> '';

-- What was decided about a question.
create table stoa_search_mark (
	locale     text not null,
	query      text not null,
	state      text not null,
	deed       text not null,
	reason     text not null,
	decider    text not null,
	decided_at timestamp not null,
	people     integer not null,
	version    integer not null,
	primary key (locale, query)
);
create index stoa_search_mark_decider on stoa_search_mark (decider);

-- What people followed in trials of two rankings.
create table stoa_search_vote (
	trial   text not null,
	person  text not null,
	visitor text not null,
	live    integer not null,
	other   integer not null,
	primary key (trial, person, visitor)
);
create index stoa_search_vote_person on stoa_search_vote (person) where person <> '';
