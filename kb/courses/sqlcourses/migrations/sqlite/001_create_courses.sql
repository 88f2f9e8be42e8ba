create table stoa_course (
    id      text primary key,
    slug    text not null,
    status  text not null,
    owner   text not null,
    rank    integer not null,
    price   integer not null,
    course  text not null,
    version integer not null
);
create index stoa_course_rank on stoa_course (rank, id);
create index stoa_course_owner on stoa_course (owner);

create table stoa_course_slug (
    slug   text primary key,
    course text not null
);

create table stoa_course_audience (
    ref     text not null references stoa_course (id) on delete cascade,
    term    text not null,
    parts   integer not null,
    segment text not null,
    primary key (ref, term, segment)
);
create index stoa_course_audience_segment on stoa_course_audience (segment, ref);

create table stoa_course_tag (
    course text not null references stoa_course (id) on delete cascade,
    kind   text not null,
    value  text not null,
    primary key (course, kind, value)
);
create index stoa_course_tag_value on stoa_course_tag (kind, value, course);

create table stoa_course_revision (
    course   text not null references stoa_course (id) on delete cascade,
    number   integer not null,
    author   text not null,
    revision text not null,
    primary key (course, number)
);
create index stoa_course_revision_author on stoa_course_revision (author);

create table stoa_course_enrolment (
    id        text primary key,
    course    text not null,
    person    text not null,
    state     text not null,
    purchase  text not null,
    at        timestamp not null,
    enrolment text not null,
    version   integer not null,
    unique (course, person)
);
create index stoa_course_enrolment_person on stoa_course_enrolment (person, at, id);
create index stoa_course_enrolment_at on stoa_course_enrolment (course, at, id);
create unique index stoa_course_enrolment_purchase on stoa_course_enrolment (purchase) where purchase <> '';

create table stoa_course_certificate (
    number    text primary key,
    enrolment text not null references stoa_course_enrolment (id) on delete cascade
);
create index stoa_course_certificate_enrolment on stoa_course_certificate (enrolment);

create table stoa_course_session (
    id        text primary key,
    course    text not null,
    starts    timestamp not null,
    ends      timestamp not null,
    seats     integer not null,
    cancelled integer not null,
    reminded  timestamp,
    line      integer not null,
    session   text not null,
    version   integer not null
);
create index stoa_course_session_starts on stoa_course_session (starts, id);
create index stoa_course_session_course on stoa_course_session (course, starts, id);

create table stoa_course_booking (
    session  text not null references stoa_course_session (id) on delete cascade,
    person   text not null,
    course   text not null,
    seat     text not null,
    line     integer not null,
    at       timestamp not null,
    attended integer not null,
    primary key (session, person)
);
create index stoa_course_booking_line on stoa_course_booking (session, line);
create index stoa_course_booking_person on stoa_course_booking (person);
