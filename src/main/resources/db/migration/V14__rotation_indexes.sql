-- Dropping an index blocks all reads of its table. In V12 they would wait until the new index is built.

-- rotation_state has what was read from it.
drop index rotation_unsettled;

-- The version before finds a caller's newest mint of a target by rotation_subject.
drop index rotation_repeated;
