-- Roles that a team has made: role holds their names and permissions.
create table stoa_role (
    id         text collate "C" primary key,
    role       text not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    version    integer not null,
    origin     text not null
);
