-- What somebody is told. It names what it is about and holds none of it.
create table stoa_notice (
    id       text primary key,
    person   text not null,
    kind     text not null,
    subject  text not null,
    data     text not null,
    inbox    boolean not null,
    at       timestamp not null,
    read_at  timestamp
);
create index stoa_notice_person on stoa_notice (person, at, id);
create index stoa_notice_unread on stoa_notice (person) where read_at is null;
create index stoa_notice_at on stoa_notice (at);

-- What waits for a digest. A digest takes what is due under its key, once.
create table stoa_notice_digest (
    notice   text not null references stoa_notice (id) on delete cascade,
    channel  text not null,
    person   text not null,
    until_at timestamp not null,
    taken_by text not null default '',
    primary key (notice, channel)
);
create index stoa_notice_digest_waiting on stoa_notice_digest (person, channel, taken_by);

-- The addresses that people added to channels: browsers, telephones, webhooks.
create table stoa_endpoint (
    id         text primary key,
    person     text not null,
    channel    text not null,
    address    text not null,
    data       text not null,
    agent      text not null,
    created_at timestamp not null
);
create index stoa_endpoint_person on stoa_endpoint (person, channel);
