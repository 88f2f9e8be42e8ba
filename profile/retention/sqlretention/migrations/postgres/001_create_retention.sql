-- Who is held, and why: nothing that is known of them goes.
create table stoa_hold (
    id          text collate "C" primary key,
    person      text collate "C" not null,
    ground      text collate "C" not null,
    reason      text not null,
    made_by     text collate "C" not null,
    at          timestamptz not null,
    until_at    timestamptz,
    released_by text collate "C" not null,
    released_at timestamptz,
    version     integer not null
);
create index stoa_hold_person on stoa_hold (person, at);
-- Erasures that were asked for and refused.
create table stoa_erasure_request (
    id       text collate "C" primary key,
    person   text collate "C" not null,
    made_by  text collate "C" not null,
    mode     text collate "C" not null,
    at       timestamptz not null,
    hold     text collate "C" not null,
    ground   text collate "C" not null,
    reason   text not null,
    status   text collate "C" not null,
    ended_at timestamptz,
    version  integer not null
);
create index stoa_erasure_request_person on stoa_erasure_request (person, at);
create index stoa_erasure_request_status on stoa_erasure_request (status, at);
-- How long each class is kept, and when old data was last removed.
create table stoa_retention (
    class      text collate "C" primary key,
    days       integer not null,
    changed_by text collate "C" not null,
    changed_at timestamptz,
    ran_at     timestamptz,
    removed    integer not null,
    fault      boolean not null,
    more       boolean not null,
    until_at   timestamptz,
    version    integer not null
);
