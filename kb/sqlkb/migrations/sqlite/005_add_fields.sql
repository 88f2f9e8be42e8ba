-- What there is to say of an article beside its text, by key.
alter table stoa_article add column fields text not null default '{}';
