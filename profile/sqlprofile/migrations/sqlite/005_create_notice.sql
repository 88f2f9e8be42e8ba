create table stoa_notice (
    id       text primary key,
    person   text not null,
    kind     text not null,
    subject  text not null,
    data     text not null,
    at       timestamp not null,
    due_at   timestamp not null,
    read_at  timestamp
);
create index stoa_notice_person on stoa_notice (person, at, id);
create index stoa_notice_unread on stoa_notice (person) where read_at is null;
