-- Which installation this is: exports say so, and so their own is known again.
create table stoa_kb_installation (
	one integer not null primary key check (one = 1),
	id  text not null
);
