-- Imports that go on behind the pages, and what came of them.
create table stoa_portal_import (
	id     text primary key not null,
	person text not null,
	state  text not null,
	file   text not null,     -- in the folder of the instance that received it, '' once it is gone
	at     timestamp not null,
	seen   timestamp not null, -- when it was last worked on
	facts  text not null          -- JSON
);
create index stoa_portal_import_at on stoa_portal_import (at, id);
create index stoa_portal_import_person on stoa_portal_import (person);
