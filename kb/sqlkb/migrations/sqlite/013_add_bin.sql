-- What was deleted, and can be restored for some time.
alter table stoa_article add column deleted_at timestamp;
alter table stoa_article add column deleted_by text not null default '';
create index stoa_article_bin on stoa_article (id) where deleted_at is not null;
create index stoa_article_deleter on stoa_article (deleted_by) where deleted_by <> '';
create index stoa_working_article on stoa_working (article);
create index stoa_redirect_target on stoa_redirect (target);
-- What goes with an article.
create index stoa_article_slug_article on stoa_article_slug (article);
create index stoa_article_product_article on stoa_article_product (article);
create index stoa_media_use_article on stoa_media_use (article);
