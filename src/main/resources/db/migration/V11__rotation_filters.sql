-- The rotations of one upstream or in one state, newest first: without these, PostgreSQL reads all
-- newer rotations to find them. Rotations cannot be inserted while an index is built, which takes
-- about a second for a million.
create index rotation_upstream on rotation (upstream, requested_at, id);
create index rotation_state on rotation (state, requested_at, id);

-- rotation_unsettled stays for the previous version.
