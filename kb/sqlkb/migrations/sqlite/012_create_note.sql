-- What colleagues say to one another beside an article.
create table stoa_note (
	id          text primary key,
	article     text not null,
	locale      text not null,
	number      integer not null,
	thread      text not null,
	kind        text not null,
	body        text not null,
	author      text not null,
	source_kind text not null,
	source_ref  text not null,
	resolved_by text not null,
	resolved_at timestamp,
	input       text not null,
	created_at  timestamp not null,
	updated_at  timestamp not null,
	version     integer not null
);
create index stoa_note_article on stoa_note (article, created_at desc, id);
create index stoa_note_author on stoa_note (author, id);
create index stoa_note_updated on stoa_note (updated_at);

create table stoa_note_mention (
	note   text not null,
	place  integer not null,
	person text not null,
	primary key (note, place)
);
create index stoa_note_mention_person on stoa_note_mention (person, note);
