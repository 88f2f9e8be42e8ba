create table stoa_case (
    id        text collate "C" primary key,
    reference text collate "C" not null unique,
    last      integer not null,
    version   integer not null,
    body      text not null
);

-- What cases are found by. Numbers are those that lists go by, so that a list is
-- read from one index, whatever else there is. In the order of what is urgent, the
-- cases of each priority are in that of their creation.
create table stoa_case_key (
    ref     text collate "C" not null,
    key     text collate "C" not null,
    state   text collate "C" not null,
    kind    text collate "C" not null,
    status  text collate "C" not null,
    updated bigint not null,
    touched bigint not null,
    created bigint not null,
    urgent  bigint not null,
    primary key (ref, key)
);
create index stoa_case_key_updated on stoa_case_key (key, state, updated, ref);
create index stoa_case_key_touched on stoa_case_key (key, state, touched, ref);
create index stoa_case_key_urgent on stoa_case_key (key, state, urgent, ref);

create table stoa_case_entry (
    id       text collate "C" primary key,
    ref      text collate "C" not null,
    number   integer not null,
    internal boolean not null,
    body     text not null,
    unique (ref, number)
);

-- Whom cases and their entries name.
create table stoa_case_person (
    person text collate "C" not null,
    ref    text collate "C" not null,
    primary key (person, ref)
);
create index stoa_case_person_ref on stoa_case_person (ref);
