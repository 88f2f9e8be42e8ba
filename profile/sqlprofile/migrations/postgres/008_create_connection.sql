create table stoa_connection (
    id       text collate "C" primary key,
    kind     text collate "C" not null,
    name     text collate "C" not null,
    account  text collate "C" not null,
    staff    boolean not null,
    made_by  text collate "C" not null,
    made_at  timestamptz not null,
    used_at  timestamptz,
    ended_at timestamptz,
    secret   text collate "C" not null unique
);
create index stoa_connection_made on stoa_connection (made_at);
create index stoa_connection_maker on stoa_connection (made_by);
