create table stoa_asset_tries (
    person text collate "C" primary key,
    began  timestamptz not null,
    n      integer not null
);
