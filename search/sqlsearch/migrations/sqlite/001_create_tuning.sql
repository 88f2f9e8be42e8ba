create table stoa_search_tuning (
    number   integer primary key,
    tuning   text not null,
    saved_by text not null,
    saved_at timestamp not null,
    note     text not null,
    restored integer not null
);

create table stoa_search_draft (
    id       integer primary key check (id = 1),
    revision integer not null,
    open     boolean not null,
    tuning   text not null,
    saved_by text not null,
    saved_at timestamp not null
);
