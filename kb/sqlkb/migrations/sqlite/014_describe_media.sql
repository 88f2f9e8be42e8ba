-- How large media are, what is said about them, and the words in them.
alter table stoa_media add column size bigint not null default 0;
alter table stoa_media add column about text not null default '';
alter table stoa_media add column fold text not null default '';
alter table stoa_media add column words text not null default '';
alter table stoa_media add column tries integer not null default 0;
alter table stoa_media add column text text not null default '';
update stoa_media set size = length(data), fold = lower(name);
create index stoa_media_at on stoa_media (at desc, name);
create index stoa_media_hash on stoa_media (hash);
create index stoa_media_waiting on stoa_media (at desc, name) where words = 'waiting';

-- Media that the fields of an article name: uses without a language, of number 0.
alter table stoa_article add column media text not null default '[]';
