create table stoa_article (
	id         text        primary key collate "C",
	category   text        not null collate "C",
	kind       text        not null,
	audience   text        not null,
	products   text        not null,
	tags       text        not null,
	related    text        not null,
	place      integer     not null,
	source     text        not null,
	owner      text        not null,
	external   text        not null,
	input      text        not null,
	visible    boolean     not null,
	created_at timestamptz not null,
	updated_at timestamptz not null,
	shown_at   timestamptz,
	version    integer     not null
);
create index stoa_article_place on stoa_article (category, place, id) where visible;
create index stoa_article_order on stoa_article (place, id) where visible;
create index stoa_article_shown on stoa_article (shown_at desc, id) where visible;

-- How many articles that readers are shown there are of each category and audience.
create table stoa_article_count (
	id       text primary key collate "C",
	category text not null,
	audience text not null,
	n        bigint not null
);

-- One row for each part of each term of an article's audience.
create table stoa_article_audience (
	ref     text    not null collate "C" references stoa_article (id) on delete cascade,
	term    text    not null,
	parts   integer not null,
	segment text    not null,
	primary key (ref, term, segment)
);

create table stoa_article_product (
	article text not null collate "C" references stoa_article (id) on delete cascade,
	product text not null collate "C",
	primary key (product, article)
);

create table stoa_translation (
	article      text        not null collate "C" references stoa_article (id) on delete cascade,
	locale       text        not null collate "C",
	slug         text        not null,
	status       text        not null,
	live         integer     not null,
	head         integer     not null,
	based        integer     not null,
	title        text        not null,
	summary      text        not null,
	published_at timestamptz,
	updated_at   timestamptz,
	primary key (article, locale)
);

-- Every name that an article has or had.
create table stoa_article_slug (
	slug    text primary key collate "C",
	article text not null collate "C" references stoa_article (id) on delete cascade
);

create table stoa_revision (
	article text        not null collate "C" references stoa_article (id) on delete cascade,
	locale  text        not null collate "C",
	number  integer     not null,
	title   text        not null,
	summary text        not null,
	body    text        not null,
	media   text        not null,
	based   integer     not null,
	author  text        not null,
	note    text        not null,
	at      timestamptz not null,
	primary key (article, locale, number)
);

create table stoa_category (
	id         text        primary key collate "C",
	parent     text        not null collate "C",
	place      integer     not null,
	audience   text        not null,
	icon       text        not null,
	labels     text        not null,
	source     text        not null,
	external   text        not null,
	updated_at timestamptz not null,
	version    integer     not null
);

create table stoa_category_slug (
	slug     text primary key collate "C",
	category text not null collate "C" references stoa_category (id) on delete cascade
);
create index stoa_category_slug_category on stoa_category_slug (category);

create table stoa_redirect (
	path   text primary key collate "C",
	target text not null,
	locale text not null
);

create table stoa_article_feedback (
	id       text        primary key collate "C",
	article  text        not null collate "C" references stoa_article (id) on delete cascade,
	locale   text        not null,
	revision integer     not null,
	helpful  boolean     not null,
	reason   text        not null,
	comment  text        not null,
	person   text        not null,
	visitor  text        not null,
	input    text        not null,
	at       timestamptz not null
);
create index stoa_article_feedback_article on stoa_article_feedback (article, at desc, id);
create index stoa_article_feedback_at on stoa_article_feedback (at desc, id);

create table stoa_media (
	name text        primary key collate "C",
	type text        not null,
	data bytea       not null,
	hash text        not null,
	at   timestamptz not null
);

-- Which revisions show a medium.
create table stoa_media_use (
	name    text    not null collate "C",
	article text    not null collate "C" references stoa_article (id) on delete cascade,
	locale  text    not null collate "C",
	number  integer not null,
	primary key (name, article, locale, number)
);

-- Counts what happened, so that a reader can ask whether anything did.
create table stoa_kb_stamp (
	name text   primary key,
	n    bigint not null
);
insert into stoa_kb_stamp (name, n) values ('category', 0), ('content', 0);
