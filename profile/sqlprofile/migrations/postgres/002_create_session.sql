create table stoa_session (
    id         text collate "C" primary key,
    person     text collate "C" not null,
    via        text not null,
    subject    text not null,
    ticket     text not null,
    assurance  integer not null,
    agent      text not null,
    started_at timestamptz not null,
    seen_at    timestamptz not null,
    expires_at timestamptz not null,
    viewing    text not null,
    secret     text collate "C" not null unique
);
create index stoa_session_person on stoa_session (person, started_at);
create index stoa_session_via on stoa_session (via, subject);
create index stoa_session_seen on stoa_session (seen_at);
create index stoa_session_expires on stoa_session (expires_at);
