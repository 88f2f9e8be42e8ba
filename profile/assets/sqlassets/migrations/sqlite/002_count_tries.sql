create table stoa_asset_tries (
    person text primary key,
    began  timestamp not null,
    n      integer not null
);
