create table stoa_person (
    id         text primary key,
    name       text not null,
    email      text not null,
    account    text not null,
    roles      text not null,
    locale     text not null,
    zone       text not null,
    attributes text not null,
    disabled   boolean not null,
    created_at timestamp not null,
    updated_at timestamp not null,
    version    integer not null,
    origin     text not null
);
create index stoa_person_name on stoa_person (name, id);
create index stoa_person_account on stoa_person (account, name, id);

create table stoa_account (
    id         text primary key,
    name       text not null,
    plan       text not null,
    country    text not null,
    products   text not null,
    attributes text not null,
    disabled   boolean not null,
    created_at timestamp not null,
    updated_at timestamp not null,
    version    integer not null,
    origin     text not null
);
create index stoa_account_name on stoa_account (name, id);

create table stoa_segment (
    name        text primary key,
    title       text not null,
    description text not null,
    rule        text not null,
    created_at  timestamp not null,
    updated_at  timestamp not null,
    version     integer not null,
    origin      text not null
);
