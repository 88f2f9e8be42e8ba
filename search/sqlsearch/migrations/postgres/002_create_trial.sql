create table stoa_search_trial (
    number   integer primary key,
    kind     text collate "C" not null,
    tuning   text not null,
    share    integer not null,
    begun_by text collate "C" not null,
    begun_at timestamptz not null,
    stopped  timestamptz
);
