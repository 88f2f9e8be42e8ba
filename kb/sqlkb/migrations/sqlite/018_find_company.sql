-- What the names of a film and of what goes with it have in common.
alter table stoa_media add column stem text not null default '';
-- rtrim takes all that is no dot from the end, and so what stands after the last.
update stoa_media set stem = rtrim(name, replace(name, '.', ''))
	where type like 'video/%' or type like 'audio/%' or type like 'image/%';
update stoa_media set stem = rtrim(substr(name, 1, length(name) - 4), replace(substr(name, 1, length(name) - 4), '.', ''))
	where type = 'text/vtt' and name like '%.%.vtt';
update stoa_media set stem = substr(stem, 1, length(stem) - 1) where stem <> '';
create index stoa_media_stem on stoa_media (stem) where stem <> '';
