-- What becomes of what readers said, and what they suggest.
alter table stoa_article_feedback add column kind text not null default '';
alter table stoa_article_feedback add column quote text not null default '';
alter table stoa_article_feedback add column proposal text not null default '';
alter table stoa_article_feedback add column tell boolean not null default false;
alter table stoa_article_feedback add column state text not null default '';
alter table stoa_article_feedback add column assignee text collate "C" not null default '';
alter table stoa_article_feedback add column resolution text not null default '';
alter table stoa_article_feedback add column updated_at timestamptz;
alter table stoa_article_feedback add column version integer not null default 1;
update stoa_article_feedback set updated_at = at;
update stoa_article_feedback set state = 'open' where not helpful or comment <> '';
create index stoa_article_feedback_state on stoa_article_feedback (state, at desc, id);
create index stoa_article_feedback_assignee on stoa_article_feedback (assignee, id) where assignee <> '';
create index stoa_article_feedback_updated on stoa_article_feedback (updated_at);
