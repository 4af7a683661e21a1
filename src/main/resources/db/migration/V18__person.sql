-- A person may be the actor of an event. The new conditions hold for all rows that the old ones
-- allowed, so no row is checked: that would take long. The version before reads no event of a person, so
-- set the claim of persons when all replicas have this version.
alter table audit_event drop constraint audit_event_actor_kind_check;
alter table audit_event add constraint audit_event_actor_kind_check
  check (actor_kind in ('caller', 'person', 'system')) not valid;

alter table credential_change drop constraint credential_change_actor_kind_check;
alter table credential_change add constraint credential_change_actor_kind_check
  check (actor_kind in ('caller', 'person', 'system')) not valid;

-- The kind of the actor that requested it: caller, person or system.
alter table rotation add column actor_kind text not null default 'caller';
