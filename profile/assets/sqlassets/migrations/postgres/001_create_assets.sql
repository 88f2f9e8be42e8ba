create table stoa_asset (
    id            text collate "C" primary key,
    person        text collate "C" not null,
    account       text collate "C" not null,
    at            timestamptz not null,
    serial        text collate "C" not null unique,
    registered_by text collate "C" not null,
    asset         text not null,
    version       integer not null
);
create index stoa_asset_person on stoa_asset (person, at, id);
create index stoa_asset_account on stoa_asset (account, at, id);
create index stoa_asset_at on stoa_asset (at, id);
create index stoa_asset_registered on stoa_asset (registered_by);

create table stoa_purchase (
    id       text collate "C" primary key,
    person   text collate "C" not null,
    account  text collate "C" not null,
    at       timestamptz not null,
    purchase text not null,
    version  integer not null
);
create index stoa_purchase_person on stoa_purchase (person, at, id);
create index stoa_purchase_account on stoa_purchase (account, at, id);
create index stoa_purchase_at on stoa_purchase (at, id);

create table stoa_entitlement (
    id          text collate "C" primary key,
    person      text collate "C" not null,
    account     text collate "C" not null,
    at          timestamptz not null,
    entitlement text not null,
    version     integer not null
);
create index stoa_entitlement_person on stoa_entitlement (person, at, id);
create index stoa_entitlement_account on stoa_entitlement (account, at, id);
create index stoa_entitlement_at on stoa_entitlement (at, id);

create table stoa_entitlement_quota (
    entitlement text collate "C" not null references stoa_entitlement (id) on delete cascade,
    unit        text collate "C" not null,
    place       integer not null,
    granted     integer not null,
    used        integer not null,
    primary key (entitlement, unit)
);

create table stoa_spending (
    id          text collate "C" primary key,
    entitlement text collate "C" not null,
    unit        text not null,
    n           integer not null,
    ref         text not null,
    person      text collate "C" not null,
    at          timestamptz not null,
    origin      text not null
);
create index stoa_spending_person on stoa_spending (person, at, id);
