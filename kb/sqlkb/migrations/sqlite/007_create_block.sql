-- Every version of every block: texts that articles include by name.
create table stoa_block (
	name     text not null,
	version  integer not null,
	audience text not null,
	source   text not null,
	texts    text not null,
	author   text not null,
	note     text not null,
	at       timestamp not null,
	primary key (name, version)
);
create index stoa_block_author on stoa_block (author, name, version) where author <> '';

-- Which revisions include which blocks themselves.
alter table stoa_revision add column blocks text not null default '[]';
create table stoa_block_use (
	name    text not null,
	article text not null references stoa_article (id) on delete cascade,
	locale  text not null,
	number  integer not null,
	primary key (name, article, locale, number)
);
create index stoa_block_use_article on stoa_block_use (article);
