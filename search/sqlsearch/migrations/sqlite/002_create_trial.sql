create table stoa_search_trial (
    number   integer primary key,
    kind     text not null,
    tuning   text not null,
    share    integer not null,
    begun_by text not null,
    begun_at timestamp not null,
    stopped  timestamp
);
