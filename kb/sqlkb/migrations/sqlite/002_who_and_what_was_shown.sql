-- Whether readers were ever shown an article under a slug. Of names given up
-- before this was noted, it is taken that they were.
alter table stoa_article_slug add column shown boolean not null default true;
update stoa_article_slug set shown = false
where exists (select 1 from stoa_translation t where t.article = stoa_article_slug.article and t.slug = stoa_article_slug.slug)
	and not exists (
		select 1 from stoa_translation t
		where t.article = stoa_article_slug.article and t.slug = stoa_article_slug.slug and t.published_at is not null);

-- Who put a medium there, and the bundle that it was imported from.
alter table stoa_media add column owner text not null default '';
alter table stoa_media add column external text not null default '';
