alter table stoa_course add column head integer not null default 0;
alter table stoa_course add column live integer not null default 0;
update stoa_course set head = coalesce(json_extract(course, '$.head'), 0), live = coalesce(json_extract(course, '$.live'), 0);

-- Articles that revisions show or lead to. Of revisions of before it is known
-- which they show.
create table stoa_course_lead (
    course  text not null,
    number  integer not null,
    article text not null,
    primary key (course, number, article),
    foreign key (course, number) references stoa_course_revision (course, number) on delete cascade
);
create index stoa_course_lead_article on stoa_course_lead (article, course, number);
insert into stoa_course_lead (course, number, article)
select distinct r.course, r.number, json_extract(l.value, '$.article')
from stoa_course_revision r, json_each(r.revision, '$.modules') m, json_each(m.value, '$.lessons') l
where json_extract(l.value, '$.kind') = 'article' and json_extract(l.value, '$.article') <> '';
