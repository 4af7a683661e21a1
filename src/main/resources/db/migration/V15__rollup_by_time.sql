-- The counts by subject of all subjects in a time. Without this, PostgreSQL reads those of all times.
-- They are in the order of time on disk, so the index is tiny. The sealer waits while it is built.
create index audit_rollup_subject_hour on audit_rollup_subject
  using brin (hour) with (autosummarize = on);
