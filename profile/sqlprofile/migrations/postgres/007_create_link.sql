create table stoa_link (
    id         text collate "C" primary key,
    purpose    text collate "C" not null,
    subject    text collate "C" not null,
    address    text collate "C" not null,
    made_by    text collate "C" not null,
    data       text not null,
    uses       integer not null,
    used       integer not null,
    claim      text collate "C" not null,
    ended      text not null,
    made_at    timestamptz not null,
    expires_at timestamptz not null,
    used_at    timestamptz,
    secret     text collate "C" not null unique
);
create unique index stoa_link_one on stoa_link (purpose, subject, address) where ended = '';
create index stoa_link_subject on stoa_link (subject, made_at);
create index stoa_link_address on stoa_link (address);
create index stoa_link_made on stoa_link (made_by, made_at);
create index stoa_link_expires on stoa_link (expires_at);
