-- When a replica last began to compute the findings, so that the others need not.
create table finding_run (
  only_one boolean     primary key default true check (only_one),
  begun_at timestamptz not null
);

grant select, insert, update on finding_run to "${serviceRole}";
