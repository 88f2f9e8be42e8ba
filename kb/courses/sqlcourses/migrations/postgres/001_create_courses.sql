create table stoa_course (
    id      text collate "C" primary key,
    slug    text collate "C" not null,
    status  text collate "C" not null,
    owner   text collate "C" not null,
    rank    bigint not null,
    price   bigint not null,
    course  text not null,
    version integer not null
);
create index stoa_course_rank on stoa_course (rank, id);
create index stoa_course_owner on stoa_course (owner);

create table stoa_course_slug (
    slug   text collate "C" primary key,
    course text collate "C" not null
);

create table stoa_course_audience (
    ref     text collate "C" not null references stoa_course (id) on delete cascade,
    term    text collate "C" not null,
    parts   integer not null,
    segment text collate "C" not null,
    primary key (ref, term, segment)
);
create index stoa_course_audience_segment on stoa_course_audience (segment, ref);

create table stoa_course_tag (
    course text collate "C" not null references stoa_course (id) on delete cascade,
    kind   text collate "C" not null,
    value  text collate "C" not null,
    primary key (course, kind, value)
);
create index stoa_course_tag_value on stoa_course_tag (kind, value, course);

create table stoa_course_revision (
    course   text collate "C" not null references stoa_course (id) on delete cascade,
    number   integer not null,
    author   text collate "C" not null,
    revision text not null,
    primary key (course, number)
);
create index stoa_course_revision_author on stoa_course_revision (author);

create table stoa_course_enrolment (
    id        text collate "C" primary key,
    course    text collate "C" not null,
    person    text collate "C" not null,
    state     text collate "C" not null,
    purchase  text collate "C" not null,
    at        timestamptz not null,
    enrolment text not null,
    version   integer not null,
    unique (course, person)
);
create index stoa_course_enrolment_person on stoa_course_enrolment (person, at, id);
create index stoa_course_enrolment_at on stoa_course_enrolment (course, at, id);
create unique index stoa_course_enrolment_purchase on stoa_course_enrolment (purchase) where purchase <> '';

create table stoa_course_certificate (
    number    text collate "C" primary key,
    enrolment text collate "C" not null references stoa_course_enrolment (id) on delete cascade
);
create index stoa_course_certificate_enrolment on stoa_course_certificate (enrolment);

create table stoa_course_session (
    id        text collate "C" primary key,
    course    text collate "C" not null,
    starts    timestamptz not null,
    ends      timestamptz not null,
    seats     integer not null,
    cancelled integer not null,
    reminded  timestamptz,
    line      integer not null,
    session   text not null,
    version   integer not null
);
create index stoa_course_session_starts on stoa_course_session (starts, id);
create index stoa_course_session_course on stoa_course_session (course, starts, id);

create table stoa_course_booking (
    session  text collate "C" not null references stoa_course_session (id) on delete cascade,
    person   text collate "C" not null,
    course   text collate "C" not null,
    seat     text collate "C" not null,
    line     integer not null,
    at       timestamptz not null,
    attended integer not null,
    primary key (session, person)
);
create index stoa_course_booking_line on stoa_course_booking (session, line);
create index stoa_course_booking_person on stoa_course_booking (person);
