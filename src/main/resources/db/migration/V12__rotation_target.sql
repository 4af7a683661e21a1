-- Rotations wait while the index is built, which takes about two seconds for a million of them. Reads go on.

-- The rotations of one target, newest first. Without this, each mint reads all that its caller made of
-- the subject within the last hour.
create index rotation_target on rotation (target, requested_at);

-- Room on each page, so that recording a delivery changes no index.
alter table rotation set (fillfactor = 80);
