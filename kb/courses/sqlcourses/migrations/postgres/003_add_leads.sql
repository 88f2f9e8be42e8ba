alter table stoa_course add column head integer not null default 0;
alter table stoa_course add column live integer not null default 0;
update stoa_course set head = coalesce((course::jsonb ->> 'head')::integer, 0), live = coalesce((course::jsonb ->> 'live')::integer, 0);

-- Articles that revisions show or lead to. Of revisions of before it is known
-- which they show.
create table stoa_course_lead (
    course  text collate "C" not null,
    number  integer not null,
    article text collate "C" not null,
    primary key (course, number, article),
    foreign key (course, number) references stoa_course_revision (course, number) on delete cascade
);
create index stoa_course_lead_article on stoa_course_lead (article, course, number);
insert into stoa_course_lead (course, number, article)
select distinct r.course, r.number, l ->> 'article'
from stoa_course_revision r, jsonb_path_query(r.revision::jsonb, '$.modules[*].lessons[*]') l
where l ->> 'kind' = 'article' and l ->> 'article' <> '';
