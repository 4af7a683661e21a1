-- Counts of open findings read this index only. Decisions and computations of findings wait while it is
-- created.
create index finding_open on finding (kind, upstream, subject) where state = 'open';
