-- What one instance does at a time: whose it is now, and for how long.
create table stoa_lease (
    name   text collate "C" primary key,
    holder text collate "C" not null,
    until  timestamptz not null
);
