create table stoa_layout_rulebook (
    revision integer primary key,
    from_at  timestamptz not null,
    rules    text not null
);
create index stoa_layout_rulebook_from on stoa_layout_rulebook (from_at, revision);

create table stoa_layout_promotion (
    id        text collate "C" primary key,
    promotion text not null,
    version   integer not null
);

create table stoa_layout_choice (
    who     text collate "C" primary key,
    off     boolean not null,
    at      timestamptz not null,
    version integer not null
);

create table stoa_layout_use (
    who text collate "C" not null,
    day text collate "C" not null,
    ref text collate "C" not null,
    n   integer not null,
    primary key (who, day, ref)
);
create index stoa_layout_use_day on stoa_layout_use (day);

create table stoa_layout_start (
    who      text collate "C" not null,
    visit    text collate "C" not null,
    began    timestamptz not null,
    segments text not null,
    primary key (who, visit)
);
create index stoa_layout_start_began on stoa_layout_start (began);

create table stoa_layout_show (
    who          text collate "C" not null,
    visit        text collate "C" not null,
    promotion    text collate "C" not null,
    at           timestamptz not null,
    clicked_at   timestamptz,
    dismissed_at timestamptz,
    primary key (who, visit, promotion)
);
create index stoa_layout_show_at on stoa_layout_show (at);
