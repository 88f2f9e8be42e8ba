-- Series are looked for among all articles.
create index stoa_article_kind on stoa_article (kind, place, id);
