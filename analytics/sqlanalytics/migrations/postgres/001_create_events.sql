create table stoa_event (
    id         text collate "C" primary key,
    name       text collate "C" not null,
    at         timestamptz not null,
    received   timestamptz not null,
    visitor_id text collate "C" not null,
    session_id text collate "C" not null,
    user_id    text collate "C" not null,
    account_id text collate "C" not null,
    subject    text collate "C" not null,
    search_id  text collate "C" not null,
    input      text not null,
    rank       integer not null,
    hits       integer not null,
    path       text not null,
    referrer   text not null,
    locale     text not null,
    device     text not null,
    channel    text not null,
    arms       text not null,
    props      text not null
);
create index stoa_event_at on stoa_event (at);
create index stoa_event_session on stoa_event (session_id, at, id);
create index stoa_event_user on stoa_event (user_id) where user_id <> '';
create index stoa_event_visitor on stoa_event (visitor_id) where visitor_id <> '';

create table stoa_event_count (
    name    text collate "C" not null,
    day     text collate "C" not null,
    subject text collate "C" not null,
    n       bigint not null,
    primary key (name, day, subject)
);
create index stoa_event_count_subject on stoa_event_count (subject);

create table stoa_visit_salt (
    day  text collate "C" primary key,
    salt text not null
);
