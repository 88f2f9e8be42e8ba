-- What people typed and did not save. No article is there yet for some of it.
create table stoa_working (
	person  text        not null collate "C",
	article text        not null collate "C",
	locale  text        not null collate "C",
	version integer     not null,
	head    integer     not null,
	base    text        not null,
	typed   text        not null,
	at      timestamptz not null,
	primary key (person, article, locale)
);

-- Who has a text before them, and until when.
create table stoa_lock (
	article text        not null collate "C",
	locale  text        not null collate "C",
	person  text        not null collate "C",
	since   timestamptz not null,
	ends    timestamptz not null,
	primary key (article, locale, person)
);
create index stoa_lock_person on stoa_lock (person);
