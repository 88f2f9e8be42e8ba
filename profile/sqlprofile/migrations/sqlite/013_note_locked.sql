-- When somebody, or their organisation, was last disabled: who signed in before
-- is signed out for good.
alter table stoa_person add column locked_at timestamp;
alter table stoa_account add column locked_at timestamp;
update stoa_person set locked_at = updated_at where disabled;
update stoa_account set locked_at = updated_at where disabled;
