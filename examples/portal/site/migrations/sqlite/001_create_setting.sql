create table stoa_portal_setting (
	name  text primary key not null,
	value text not null
);
