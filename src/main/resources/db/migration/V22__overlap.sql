-- The rotations whose old credential is still active, so that they may have to be confirmed. A few more may
-- be here: a query checks the rotation and the credential. No foreign keys, because creating them would
-- lock both tables at the same time, in another order than a rotation does.
create table overlap (
  rotation_id   uuid primary key,
  credential_id uuid not null
);

create index overlap_credential on overlap (credential_id);

grant select, insert, delete on overlap to "${serviceRole}";

-- A trigger, because the version before does not know the table. Rotations wait while it is created, until
-- the changes of rotations in progress are committed.
create function overlap_of_rotation() returns trigger language plpgsql as $$
begin
  insert into overlap values (new.id, new.replaces) on conflict do nothing;
  return null;
end $$;

create trigger overlap_of_rotation after insert or update of state, replaces on rotation
  for each row when (new.state = 'SUCCEEDED' and new.replaces is not null)
  execute function overlap_of_rotation();
