-- Who is held, and why: nothing that is known of them goes.
create table stoa_hold (
    id          text primary key,
    person      text not null,
    ground      text not null,
    reason      text not null,
    made_by     text not null,
    at          timestamp not null,
    until_at    timestamp,
    released_by text not null,
    released_at timestamp,
    version     integer not null
);
create index stoa_hold_person on stoa_hold (person, at);
-- Erasures that were asked for and refused.
create table stoa_erasure_request (
    id       text primary key,
    person   text not null,
    made_by  text not null,
    mode     text not null,
    at       timestamp not null,
    hold     text not null,
    ground   text not null,
    reason   text not null,
    status   text not null,
    ended_at timestamp,
    version  integer not null
);
create index stoa_erasure_request_person on stoa_erasure_request (person, at);
create index stoa_erasure_request_status on stoa_erasure_request (status, at);
-- How long each class is kept, and when old data was last removed.
create table stoa_retention (
    class      text primary key,
    days       integer not null,
    changed_by text not null,
    changed_at timestamp,
    ran_at     timestamp,
    removed    integer not null,
    fault      boolean not null,
    more       boolean not null,
    until_at   timestamp,
    version    integer not null
);
