-- Whether followers are told of what is published by a plan.
alter table stoa_plan add column minor boolean not null default false;
