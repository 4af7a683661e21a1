-- Policies rotate credentials. When a credential is due is computed, and stored nowhere.

-- What is known of the subjects that a policy rotates.
create table automation (
  subject       text        primary key,
  upstream      text        not null,
  -- since when which rules of which policy have applied to it; empty for none
  rule          text        not null,
  since         timestamptz not null,
  -- the credential whose rotation was tried last, and how often
  credential_id uuid,
  tries         int         not null default 0,
  tried_at      timestamptz,
  last_failure  text,
  halted_at     timestamptz,
  -- A replica may act on it until then, while the epoch is the one that it knows.
  claimed_until timestamptz,
  epoch         int         not null default 0
);

create index automation_claimed on automation (upstream) where claimed_until is not null;

-- Who has paused the rotations of a subject, or those of all subjects.
create table automation_pause (
  -- a subject, or * for all
  scope     text        primary key,
  reason    text        not null,
  paused_by text        not null,
  paused_at timestamptz not null,
  until     timestamptz not null
);

-- A policy sends no request.
alter table rotation alter column request_id drop not null;

grant select, insert, update, delete on automation, automation_pause to "${serviceRole}";
