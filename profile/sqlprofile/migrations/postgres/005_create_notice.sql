-- What somebody is told. It names what it is about and holds none of it.
create table stoa_notice (
    id       text collate "C" primary key,
    person   text collate "C" not null,
    kind     text collate "C" not null,
    subject  text collate "C" not null,
    data     text not null,
    inbox    boolean not null,
    at       timestamptz not null,
    read_at  timestamptz
);
create index stoa_notice_person on stoa_notice (person, at, id);
create index stoa_notice_unread on stoa_notice (person) where read_at is null;
create index stoa_notice_at on stoa_notice (at);

-- What waits for a digest. A digest takes what is due under its key, once.
create table stoa_notice_digest (
    notice   text collate "C" not null references stoa_notice (id) on delete cascade,
    channel  text collate "C" not null,
    person   text collate "C" not null,
    until_at timestamptz not null,
    taken_by text collate "C" not null default '',
    primary key (notice, channel)
);
create index stoa_notice_digest_waiting on stoa_notice_digest (person, channel, taken_by);

-- The addresses that people added to channels: browsers, telephones, webhooks.
create table stoa_endpoint (
    id         text collate "C" primary key,
    person     text collate "C" not null,
    channel    text collate "C" not null,
    address    text not null,
    data       text not null,
    agent      text not null,
    created_at timestamptz not null
);
create index stoa_endpoint_person on stoa_endpoint (person, channel);
