create table stoa_preference (
    person      text primary key,
    preferences text not null,
    saved_at    timestamp not null,
    version     integer not null
);

create table stoa_consent (
    id      text primary key,
    person  text not null,
    purpose text not null,
    wording text not null,
    given   boolean not null,
    via     text not null,
    at      timestamp not null
);
create index stoa_consent_person on stoa_consent (person, purpose, at);

create table stoa_shelf (
    person text not null,
    list   text not null,
    ref    text not null,
    title  text not null,
    level  text not null,
    data   text not null,
    at     timestamp not null,
    primary key (person, list, ref)
);
create index stoa_shelf_list on stoa_shelf (person, list, at);
create index stoa_shelf_ref on stoa_shelf (ref, list, person);
