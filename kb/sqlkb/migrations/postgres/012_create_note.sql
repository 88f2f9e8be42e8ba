-- What colleagues say to one another beside an article.
create table stoa_note (
	id          text collate "C" primary key,
	article     text collate "C" not null,
	locale      text collate "C" not null,
	number      integer not null,
	thread      text collate "C" not null,
	kind        text not null,
	body        text not null,
	author      text collate "C" not null,
	source_kind text not null,
	source_ref  text not null,
	resolved_by text collate "C" not null,
	resolved_at timestamptz,
	input       text not null,
	created_at  timestamptz not null,
	updated_at  timestamptz not null,
	version     integer not null
);
create index stoa_note_article on stoa_note (article, created_at desc, id);
create index stoa_note_author on stoa_note (author, id);
create index stoa_note_updated on stoa_note (updated_at);

create table stoa_note_mention (
	note   text collate "C" not null,
	place  integer not null,
	person text collate "C" not null,
	primary key (note, place)
);
create index stoa_note_mention_person on stoa_note_mention (person, note);
