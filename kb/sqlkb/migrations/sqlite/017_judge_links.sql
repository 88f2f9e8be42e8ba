-- What is known of where links lead. Places are looked for in the text of a
-- language: locale is empty where anchor is.
create table stoa_link_target (
	kind       text    not null,
	target     text    not null,
	anchor     text    not null,
	locale     text    not null,
	state      text    not null,
	status     integer not null,
	tries      integer not null,
	checked_at timestamp,
	due_at     timestamp,
	version    integer not null,
	primary key (kind, target, anchor, locale)
);
create index stoa_link_target_due on stoa_link_target (kind, due_at) where due_at is not null;
create index stoa_link_target_faulty on stoa_link_target (kind, target, anchor, locale) where state <> '' and state <> 'ok';

-- Somebody is to look again at all texts: for paths, and places within them.
delete from stoa_article_link;
update stoa_revision set links = null;

insert into stoa_article_link (kind, target, anchor, article, locale, number)
	select distinct 'related', j.value, '', a.id, '', 0 from stoa_article a, json_each(a.related) j;
insert into stoa_link_target (kind, target, anchor, locale, state, status, tries, due_at, version)
	select distinct kind, target, '', '', '', 0, 0, '1970-01-01 00:00:00+00:00', 1 from stoa_article_link;
