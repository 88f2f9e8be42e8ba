create table stoa_identity (
    via       text not null,
    subject   text not null,
    person    text not null,
    linked_at timestamp not null,
    primary key (via, subject)
);
create index stoa_identity_person on stoa_identity (person);
create table stoa_once (
    id      text primary key,
    ends_at timestamp not null
);
create index stoa_once_ends on stoa_once (ends_at);
