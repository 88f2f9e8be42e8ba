create table stoa_case (
    id        text primary key,
    reference text not null unique,
    last      integer not null,
    version   integer not null,
    body      text not null
);

-- What cases are found by. Numbers are those that lists go by, so that a list is
-- read from one index, whatever else there is. In the order of what is urgent, the
-- cases of each priority are in that of their creation.
create table stoa_case_key (
    ref     text not null,
    key     text not null,
    state   text not null,
    kind    text not null,
    status  text not null,
    updated integer not null,
    touched integer not null,
    created integer not null,
    urgent  integer not null,
    primary key (ref, key)
) without rowid;
create index stoa_case_key_updated on stoa_case_key (key, state, updated, ref);
create index stoa_case_key_touched on stoa_case_key (key, state, touched, ref);
create index stoa_case_key_urgent on stoa_case_key (key, state, urgent, ref);

create table stoa_case_entry (
    id       text primary key,
    ref      text not null,
    number   integer not null,
    internal boolean not null,
    body     text not null,
    unique (ref, number)
);

-- Whom cases and their entries name.
create table stoa_case_person (
    person text not null,
    ref    text not null,
    primary key (person, ref)
) without rowid;
create index stoa_case_person_ref on stoa_case_person (ref);
