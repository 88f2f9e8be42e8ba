-- What people typed and did not save. No article is there yet for some of it.
create table stoa_working (
	person  text      not null,
	article text      not null,
	locale  text      not null,
	version integer   not null,
	head    integer   not null,
	base    text      not null,
	typed   text      not null,
	at      timestamp not null,
	primary key (person, article, locale)
);

-- Who has a text before them, and until when.
create table stoa_lock (
	article text      not null,
	locale  text      not null,
	person  text      not null,
	since   timestamp not null,
	ends    timestamp not null,
	primary key (article, locale, person)
);
create index stoa_lock_person on stoa_lock (person);
