create table stoa_field (
    subject text collate "C" not null,
    name    text collate "C" not null,
    place   integer not null,
    field   text not null,
    version integer not null,
    primary key (subject, name)
);
