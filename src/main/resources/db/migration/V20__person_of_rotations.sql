-- The kind of the actor that requested it. Rotations from before have caller, also those of policies.
alter table rotation add column actor_kind text not null default 'caller';
alter table rotation add constraint rotation_actor_kind_check
  check (actor_kind in ('caller', 'person', 'system')) not valid;

-- Rotations cannot be inserted while this is built. No row has it yet, so that takes about a second for a
-- million of them.
create index rotation_person on rotation (credential_id) where actor_kind = 'person';
