-- The brand that somebody was on last, in whose name they are written to.
create table stoa_portal_brand (
	person text primary key not null,
	brand  text not null
);
