create table stoa_field (
    subject text not null,
    name    text not null,
    place   integer not null,
    field   text not null,
    version integer not null,
    primary key (subject, name)
);
