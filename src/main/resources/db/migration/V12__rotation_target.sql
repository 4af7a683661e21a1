-- The drops come first, because they need the stronger lock. Rotations wait for this transaction, which
-- takes about two seconds for a million of them.

-- rotation_state has what was read from it.
drop index rotation_unsettled;

-- The version before finds a caller's newest mint of a target by rotation_subject.
drop index rotation_repeated;

-- The rotations of one target, newest first. Without this, each mint reads all that its caller made of
-- the subject within the last hour.
create index rotation_target on rotation (target, requested_at);

-- Room on each page, so that recording a delivery changes no index.
alter table rotation set (fillfactor = 80);
