-- Categories that were removed and are not there again: nothing is put into them.
create table stoa_category_removed (
    id text collate "C" primary key
);
