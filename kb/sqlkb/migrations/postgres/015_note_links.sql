-- What the text of each revision leads to; null where nobody has looked yet.
alter table stoa_revision add column links text;
create index stoa_revision_unlinked on stoa_revision (article, locale, number) where links is null;

-- The same, to be found by what is led to. It goes with its article, see purge.
create table stoa_article_link (
	kind    text collate "C" not null,
	target  text collate "C" not null,
	anchor  text collate "C" not null,
	article text collate "C" not null,
	locale  text collate "C" not null,
	number  integer not null,
	primary key (kind, target, article, locale, number, anchor)
);
create index stoa_article_link_article on stoa_article_link (article);
