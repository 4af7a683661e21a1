-- Locks only the table of credentials. V22 has locked only that of rotations.
create function overlap_of_credential() returns trigger language plpgsql as $$
begin
  if new.status = 'ACTIVE' then
    insert into overlap
      select r.id, new.id from rotation r
      where r.upstream = new.upstream and r.subject = new.subject and r.replaces = new.id
        and r.state = 'SUCCEEDED'
      on conflict do nothing;
  else
    delete from overlap where credential_id = new.id;
  end if;
  return null;
end $$;

create trigger overlap_of_credential after update of status on credential
  for each row when (old.status <> new.status and 'ACTIVE' in (old.status, new.status))
  execute function overlap_of_credential();
