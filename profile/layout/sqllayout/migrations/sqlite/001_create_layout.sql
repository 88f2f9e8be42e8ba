create table stoa_layout_rulebook (
    revision integer primary key,
    from_at  timestamp not null,
    rules    text not null
);
create index stoa_layout_rulebook_from on stoa_layout_rulebook (from_at, revision);

create table stoa_layout_promotion (
    id        text primary key,
    promotion text not null,
    version   integer not null
);

create table stoa_layout_choice (
    who     text primary key,
    off     boolean not null,
    at      timestamp not null,
    version integer not null
);

create table stoa_layout_use (
    who text not null,
    day text not null,
    ref text not null,
    n   integer not null,
    primary key (who, day, ref)
);
create index stoa_layout_use_day on stoa_layout_use (day);

create table stoa_layout_start (
    who      text not null,
    visit    text not null,
    began    timestamp not null,
    segments text not null,
    primary key (who, visit)
);
create index stoa_layout_start_began on stoa_layout_start (began);

create table stoa_layout_show (
    who          text not null,
    visit        text not null,
    promotion    text not null,
    at           timestamp not null,
    clicked_at   timestamp,
    dismissed_at timestamp,
    primary key (who, visit, promotion)
);
create index stoa_layout_show_at on stoa_layout_show (at);
