create table stoa_preference (
    person      text collate "C" primary key,
    preferences text not null,
    saved_at    timestamptz not null,
    version     integer not null
);

create table stoa_consent (
    id      text collate "C" primary key,
    person  text collate "C" not null,
    purpose text collate "C" not null,
    wording text not null,
    given   boolean not null,
    via     text not null,
    at      timestamptz not null
);
create index stoa_consent_person on stoa_consent (person, purpose, at);

create table stoa_shelf (
    person text collate "C" not null,
    list   text collate "C" not null,
    ref    text collate "C" not null,
    title  text not null,
    level  text collate "C" not null,
    data   text not null,
    at     timestamptz not null,
    primary key (person, list, ref)
);
create index stoa_shelf_list on stoa_shelf (person, list, at);
create index stoa_shelf_ref on stoa_shelf (ref, list, person);
