create table stoa_connection (
    id       text primary key,
    kind     text not null,
    name     text not null,
    account  text not null,
    staff    boolean not null,
    made_by  text not null,
    made_at  timestamp not null,
    used_at  timestamp,
    ended_at timestamp,
    secret   text not null unique
);
create index stoa_connection_made on stoa_connection (made_at);
create index stoa_connection_maker on stoa_connection (made_by);
