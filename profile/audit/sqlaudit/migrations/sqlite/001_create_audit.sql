create table stoa_audit_state (
    id        integer primary key check (id = 1),
    seq       integer not null,
    hash      text not null,
    base_seq  integer not null,
    base_hash text not null
);
insert into stoa_audit_state (id, seq, hash, base_seq, base_hash) values (1, 0, '', 0, '');
create table stoa_audit_entry (
    seq      integer primary key,
    at       timestamp not null,
    action   text not null,
    outcome  text not null,
    actor    text not null,
    kind     text not null,
    behalf   text not null,
    person   text not null,
    subject  text not null,
    account  text not null,
    session  text not null,
    network  text not null,
    changes  text not null,
    why      text not null,
    of_entry integer not null,
    hash     text not null
);
create index stoa_audit_entry_actor on stoa_audit_entry (actor, seq);
create index stoa_audit_entry_behalf on stoa_audit_entry (behalf, seq) where behalf <> '';
create index stoa_audit_entry_person on stoa_audit_entry (person, seq);
create index stoa_audit_entry_action on stoa_audit_entry (action, seq);
create index stoa_audit_entry_at on stoa_audit_entry (at);
create table stoa_audit_name (
    token  text primary key,
    person text not null
);
create index stoa_audit_name_person on stoa_audit_name (person, token);
create trigger stoa_audit_entry_update before update on stoa_audit_entry
begin
    select raise(abort, 'audit entries are not changed');
end;
create trigger stoa_audit_entry_delete before delete on stoa_audit_entry when old.seq > (select base_seq from stoa_audit_state)
begin
    select raise(abort, 'audit entries are removed from the beginning only');
end;
