-- What people search for is counted by search/report alone.
drop table stoa_insight_searcher;
delete from stoa_insight_count where series = 'query';
alter table stoa_insight_count drop column searches;
alter table stoa_insight_count drop column empty;
alter table stoa_insight_count drop column unclicked;
alter table stoa_insight_count drop column refined;
delete from stoa_insight_label where kind in ('query', 'gap');
delete from stoa_insight_item where kind in ('query', 'gap');
