-- A person may request a change. This migration does not lock the history, so changes do not wait for it.
alter table credential_change drop constraint credential_change_actor_kind_check;
alter table credential_change add constraint credential_change_actor_kind_check
  check (actor_kind in ('caller', 'person', 'system')) not valid;
