-- What is held against mail addresses: why nothing is sent there, or how often
-- something came back. The owner of one is the person who has it.
create table stoa_suppression (
    address    text primary key,
    kind       text not null,
    held       boolean not null,
    soft       integer not null,
    status     text not null,
    keys       text not null,
    since_at   timestamp,
    at         timestamp not null,
    retried_at timestamp,
    version    integer not null
);
