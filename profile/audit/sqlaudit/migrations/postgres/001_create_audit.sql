create table stoa_audit_state (
    id        integer primary key check (id = 1),
    seq       bigint not null,
    hash      text not null,
    base_seq  bigint not null,
    base_hash text not null
);
insert into stoa_audit_state (id, seq, hash, base_seq, base_hash) values (1, 0, '', 0, '');
create table stoa_audit_entry (
    seq      bigint primary key,
    at       timestamptz not null,
    action   text collate "C" not null,
    outcome  text collate "C" not null,
    actor    text collate "C" not null,
    kind     text not null,
    behalf   text collate "C" not null,
    person   text collate "C" not null,
    subject  text collate "C" not null,
    account  text collate "C" not null,
    session  text collate "C" not null,
    network  text collate "C" not null,
    changes  text not null,
    why      text not null,
    of_entry bigint not null,
    hash     text not null
);
create index stoa_audit_entry_actor on stoa_audit_entry (actor, seq);
create index stoa_audit_entry_behalf on stoa_audit_entry (behalf, seq) where behalf <> '';
create index stoa_audit_entry_person on stoa_audit_entry (person, seq);
create index stoa_audit_entry_action on stoa_audit_entry (action, seq);
create index stoa_audit_entry_at on stoa_audit_entry (at);
create table stoa_audit_name (
    token  text collate "C" primary key,
    person text collate "C" not null
);
create index stoa_audit_name_person on stoa_audit_name (person, token);
create function stoa_audit_keep() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        if old.seq <= (select base_seq from stoa_audit_state) then
            return old;
        end if;
    end if;
    raise exception 'audit entries are not changed, and removed from the beginning only';
end $$;
create trigger stoa_audit_entry_keep before update or delete on stoa_audit_entry for each row execute function stoa_audit_keep();
create trigger stoa_audit_entry_whole before truncate on stoa_audit_entry for each statement execute function stoa_audit_keep();
