create table stoa_link (
    id         text primary key,
    purpose    text not null,
    subject    text not null,
    address    text not null,
    made_by    text not null,
    data       text not null,
    uses       integer not null,
    used       integer not null,
    claim      text not null,
    ended      text not null,
    made_at    timestamp not null,
    expires_at timestamp not null,
    used_at    timestamp,
    secret     text not null unique
);
create unique index stoa_link_one on stoa_link (purpose, subject, address) where ended = '';
create index stoa_link_subject on stoa_link (subject, made_at);
create index stoa_link_address on stoa_link (address);
create index stoa_link_made on stoa_link (made_by, made_at);
create index stoa_link_expires on stoa_link (expires_at);
