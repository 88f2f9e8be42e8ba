create table stoa_notice (
    id       text collate "C" primary key,
    person   text collate "C" not null,
    kind     text collate "C" not null,
    subject  text collate "C" not null,
    data     text not null,
    at       timestamptz not null,
    due_at   timestamptz not null,
    read_at  timestamptz
);
create index stoa_notice_person on stoa_notice (person, at, id);
create index stoa_notice_unread on stoa_notice (person) where read_at is null;
