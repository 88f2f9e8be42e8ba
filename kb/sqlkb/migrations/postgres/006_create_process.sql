create table stoa_review (
	id         text collate "C" primary key not null,
	article    text collate "C" not null references stoa_article (id) on delete cascade,
	locale     text collate "C" not null,
	number     integer not null,
	rule       text not null,
	needed     integer not null,
	asker      text collate "C" not null,
	note       text not null,
	due        timestamptz,
	publish    boolean not null,
	publish_at timestamptz,
	state      text not null,
	pool       boolean not null,
	input      text not null,
	created_at timestamptz not null,
	updated_at timestamptz not null,
	version    integer not null
);
create unique index stoa_review_open on stoa_review (article, locale, number) where state = 'open';
create index stoa_review_article on stoa_review (article, created_at desc, id);
create index stoa_review_state on stoa_review (state, created_at desc, id);
create index stoa_review_asker on stoa_review (asker, created_at desc, id) where asker <> '';
create index stoa_review_updated on stoa_review (updated_at);
create index stoa_review_created on stoa_review (created_at desc, id);

-- What reviewers say, in the order of the review.
create table stoa_review_vote (
	review  text collate "C" not null references stoa_review (id) on delete cascade,
	place   integer not null,
	person  text collate "C" not null,
	asked   boolean not null,
	verdict text not null,
	comment text not null,
	at      timestamptz,
	primary key (review, place)
);
create index stoa_review_vote_person on stoa_review_vote (person, review) where person <> '';

create table stoa_plan (
	id         text collate "C" primary key not null,
	article    text collate "C" not null references stoa_article (id) on delete cascade,
	locale     text collate "C" not null,
	deed       text not null,
	number     integer not null,
	due        timestamptz not null,
	planner    text collate "C" not null,
	note       text not null,
	state      text not null,
	error      text not null,
	input      text not null,
	created_at timestamptz not null,
	updated_at timestamptz not null,
	version    integer not null
);
create unique index stoa_plan_waiting on stoa_plan (article, locale, deed) where state = 'waiting';
create index stoa_plan_article on stoa_plan (article, due, id);
create index stoa_plan_state on stoa_plan (state, due, id);
create index stoa_plan_due on stoa_plan (due, id);
create index stoa_plan_planner on stoa_plan (planner, id) where planner <> '';

create table stoa_verification (
	article   text collate "C" primary key not null references stoa_article (id) on delete cascade,
	person    text collate "C" not null,
	at        timestamptz,
	ends_at   timestamptz,
	remind_at timestamptz,
	lapsed    boolean not null,
	version   integer not null
);
create index stoa_verification_ends on stoa_verification (ends_at, article);
create index stoa_verification_standing on stoa_verification (ends_at, article) where not lapsed;
create index stoa_verification_remind on stoa_verification (remind_at) where remind_at is not null;
create index stoa_verification_person on stoa_verification (person) where person <> '';
