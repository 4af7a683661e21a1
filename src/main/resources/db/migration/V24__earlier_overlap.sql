-- The rotations from before the triggers. Nothing waits for it. It takes about a second for a million rotations.
insert into overlap
  select r.id, r.replaces from rotation r join credential old on old.id = r.replaces
  where r.state = 'SUCCEEDED' and old.status = 'ACTIVE'
  on conflict do nothing;
