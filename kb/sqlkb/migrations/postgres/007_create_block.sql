-- Every version of every block: texts that articles include by name.
create table stoa_block (
	name     text collate "C" not null,
	version  integer not null,
	audience text not null,
	source   text collate "C" not null,
	texts    text not null,
	author   text collate "C" not null,
	note     text not null,
	at       timestamptz not null,
	primary key (name, version)
);
create index stoa_block_author on stoa_block (author, name, version) where author <> '';

-- Which revisions include which blocks themselves.
alter table stoa_revision add column blocks text not null default '[]';
create table stoa_block_use (
	name    text collate "C" not null,
	article text collate "C" not null references stoa_article (id) on delete cascade,
	locale  text collate "C" not null,
	number  integer not null,
	primary key (name, article, locale, number)
);
create index stoa_block_use_article on stoa_block_use (article);
