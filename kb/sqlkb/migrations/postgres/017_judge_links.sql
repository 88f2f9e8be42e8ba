-- What is known of where links lead. Places are looked for in the text of a
-- language: locale is empty where anchor is.
create table stoa_link_target (
	kind       text collate "C" not null,
	target     text collate "C" not null,
	anchor     text collate "C" not null,
	locale     text collate "C" not null,
	state      text collate "C" not null,
	status     integer not null,
	tries      integer not null,
	checked_at timestamptz,
	due_at     timestamptz,
	version    integer not null,
	primary key (kind, target, anchor, locale)
);
create index stoa_link_target_due on stoa_link_target (kind, due_at) where due_at is not null;
create index stoa_link_target_faulty on stoa_link_target (kind, target, anchor, locale) where state <> '' and state <> 'ok';

-- Somebody is to look again at all texts: for paths, and places within them.
delete from stoa_article_link;
update stoa_revision set links = null;

insert into stoa_article_link (kind, target, anchor, article, locale, number)
	select distinct 'related', j.value, '', a.id, '', 0 from stoa_article a, json_array_elements_text(a.related::json) as j(value);
insert into stoa_link_target (kind, target, anchor, locale, state, status, tries, due_at, version)
	select distinct kind, target, '', '', '', 0, 0, timestamptz '1970-01-01T00:00:00Z', 1 from stoa_article_link;
