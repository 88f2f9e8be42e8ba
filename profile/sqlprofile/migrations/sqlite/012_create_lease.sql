-- What one instance does at a time: whose it is now, and for how long.
create table stoa_lease (
    name   text primary key,
    holder text not null,
    until  timestamp not null
);
