-- What is held against mail addresses: why nothing is sent there, or how often
-- something came back. The owner of one is the person who has it.
create table stoa_suppression (
    address    text collate "C" primary key,
    kind       text collate "C" not null,
    held       boolean not null,
    soft       integer not null,
    status     text collate "C" not null,
    keys       text not null,
    since_at   timestamptz,
    at         timestamptz not null,
    retried_at timestamptz,
    version    integer not null
);
