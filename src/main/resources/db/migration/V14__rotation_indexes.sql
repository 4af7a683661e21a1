-- A migration of its own, because reads wait for it too.

-- rotation_state has what was read from it.
drop index rotation_unsettled;

-- The version before finds a caller's newest mint of a target by rotation_subject.
drop index rotation_repeated;
