create index stoa_article_feedback_person on stoa_article_feedback (person, id) where person <> '';
create index stoa_revision_author on stoa_revision (author, article, locale, number) where author <> '';
