-- The same as for events. A migration of its own, so that no change waits while the history is locked.
alter table credential_change drop constraint credential_change_actor_kind_check;
alter table credential_change add constraint credential_change_actor_kind_check
  check (actor_kind in ('caller', 'person', 'system')) not valid;
