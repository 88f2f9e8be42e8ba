create table stoa_identity (
    via       text collate "C" not null,
    subject   text collate "C" not null,
    person    text collate "C" not null,
    linked_at timestamptz not null,
    primary key (via, subject)
);
create index stoa_identity_person on stoa_identity (person);
create table stoa_once (
    id      text collate "C" primary key,
    ends_at timestamptz not null
);
create index stoa_once_ends on stoa_once (ends_at);
