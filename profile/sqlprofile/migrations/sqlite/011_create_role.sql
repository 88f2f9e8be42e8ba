-- Roles that a team has made: role holds their names and permissions.
create table stoa_role (
    id         text primary key,
    role       text not null,
    created_at timestamp not null,
    updated_at timestamp not null,
    version    integer not null,
    origin     text not null
);
