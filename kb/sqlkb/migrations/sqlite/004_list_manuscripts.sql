-- Titles in lower case, by which articles are found and sorted at the desk. The
-- next save writes those right that a database cannot lower by itself.
alter table stoa_translation add column fold text not null default '';
update stoa_translation set fold = lower(title);
alter table stoa_article add column heading text not null default '';
update stoa_article set heading = coalesce(
	(select t.fold from stoa_translation t where t.article = stoa_article.id and t.locale = stoa_article.source), '');
create index stoa_article_changed on stoa_article (updated_at desc, id);
create index stoa_article_oldest on stoa_article (updated_at, id);
create index stoa_article_heading on stoa_article (heading, id);
create index stoa_article_owner on stoa_article (owner, id);
