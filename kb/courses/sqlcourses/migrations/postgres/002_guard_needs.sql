-- Whoever lets a course need another takes this row first.
create table stoa_course_turn (
    n bigint not null
);
insert into stoa_course_turn (n) values (0);
