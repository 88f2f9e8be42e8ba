-- The last change of a text that its followers are told of.
alter table stoa_translation add column news_at timestamp;
