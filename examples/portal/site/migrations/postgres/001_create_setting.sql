create table stoa_portal_setting (
	name  text primary key collate "C",
	value text not null
);
