-- What search engines are told of a text in the place of its title and summary.
alter table stoa_revision add column seo_title text not null default '';
alter table stoa_revision add column description text not null default '';
