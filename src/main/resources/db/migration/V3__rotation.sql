-- Every change that Rekey makes upstream, written down before its first byte is sent.

-- Which way the state of anything may go. MutationState.java says the same, and a test compares.
create table mutation_transition (
  from_state text not null,
  to_state   text not null,
  primary key (from_state, to_state)
);

insert into mutation_transition values
  ('PENDING', 'SUCCEEDED'), ('PENDING', 'NOT_ATTEMPTED'), ('PENDING', 'REJECTED'),
  ('PENDING', 'UNKNOWN'), ('PENDING', 'COMPENSATED'),
  -- evidence that came late
  ('UNKNOWN', 'SUCCEEDED'), ('UNKNOWN', 'NOT_ATTEMPTED'), ('UNKNOWN', 'REJECTED'),
  ('UNKNOWN', 'COMPENSATED'), ('NOT_APPLIED', 'COMPENSATED'), ('SUCCEEDED', 'COMPENSATED'),
  -- reconciling
  ('UNKNOWN', 'NOT_APPLIED'), ('UNKNOWN', 'ORPHAN_REMOVED'), ('NOT_APPLIED', 'ORPHAN_REMOVED'),
  ('UNKNOWN', 'SUPERSEDED'), ('UNKNOWN', 'RESOLVED'),
  -- a new attempt
  ('NOT_ATTEMPTED', 'PENDING'), ('NOT_APPLIED', 'PENDING'), ('ORPHAN_REMOVED', 'PENDING'),
  ('COMPENSATED', 'PENDING'), ('REJECTED', 'PENDING');

create function mutation_refuse() returns trigger language plpgsql as $$
begin
  if old.state is distinct from new.state and (
      (new.state = 'PENDING' and tg_table_name <> 'rotation')
      or not exists (
        select from mutation_transition t
        where t.from_state = old.state and t.to_state = new.state)) then
    raise exception '% % cannot go from % to %', tg_table_name, new.id, old.state, new.state
      using errcode = 'check_violation';
  end if;
  return new;
end $$;

create table rotation (
  id              uuid        primary key,
  upstream        text        not null,
  subject         text        not null,
  -- what one rotation at a time may be under way for
  target          text        not null,
  name            text,
  description     text,
  state           text        not null,
  reason          text,
  actor_id        text        not null,
  actor_client_id text,
  actor_team      text,
  request_id      text        not null,
  trace_id        text,
  requested_at    timestamptz not null,
  closed_at       timestamptz,
  credential_id   uuid        references credential (id),
  -- when the answer with the secret was written out; null if nobody knows
  delivered_at    timestamptz,
  -- the overlap with an older credential, which goes once the new one is known to work
  replaces        uuid        references credential (id),
  reissue_of      uuid        references rotation (id),
  grace_seconds   int         check (grace_seconds between 0 and 2592000),
  confirm_on_first_use boolean not null default false,
  confirmed_at    timestamptz,
  reverted_at     timestamptz,
  unconfirmed_at  timestamptz,
  -- when the new one's first use is looked for; null for never
  next_look_at    timestamptz,
  check ((state = 'PENDING') = (closed_at is null)),
  check (state <> 'SUCCEEDED' or credential_id is not null)
);

create unique index rotation_pending on rotation (upstream, target) where state = 'PENDING';
create index rotation_newest on rotation (requested_at, id);
create index rotation_subject on rotation (subject text_pattern_ops, requested_at, id);
create index rotation_repeated on rotation (actor_id, subject, requested_at);
create index rotation_unsettled on rotation (state, requested_at, id)
  where state in ('PENDING', 'UNKNOWN');
create index rotation_overlap on rotation (replaces)
  where replaces is not null and confirmed_at is null and reverted_at is null;

create index rotation_reissue on rotation (reissue_of) where reissue_of is not null;
create index rotation_look on rotation (next_look_at) where next_look_at is not null;
create unique index rotation_reissued on rotation (reissue_of) where state = 'SUCCEEDED';

create trigger rotation_transition before update of state on rotation
  for each row execute function mutation_refuse();

-- One attempt is one mint call.
create table rotation_attempt (
  id               uuid        primary key,
  rotation_id      uuid        not null references rotation (id),
  number           int         not null check (number > 0),
  state            text        not null,
  reason           text,
  upstream_status  int,
  upstream_message text,
  -- what it made, where that is known
  upstream_id      text,
  started_at       timestamptz not null,
  closed_at        timestamptz,
  -- Until then its replica may act on it; after that, whoever raises the epoch.
  lease_until      timestamptz not null,
  epoch            int         not null default 0,
  -- when the reconciler looks at it; null for never
  next_check_at    timestamptz,
  checks           int         not null default 0,
  unique (rotation_id, number),
  check ((state = 'PENDING') = (closed_at is null))
);

create index rotation_attempt_lease on rotation_attempt (lease_until) where state = 'PENDING';
create index rotation_attempt_check on rotation_attempt (next_check_at)
  where next_check_at is not null;

create trigger rotation_attempt_transition before update of state on rotation_attempt
  for each row execute function mutation_refuse();

alter table credential
  add constraint credential_rotation foreign key (rotation_id) references rotation (id);

-- Under which key a principal asked for a rotation.
create table idempotency_key (
  principal    text        not null,
  -- SHA-256 in hex
  key_hash     text        not null,
  request_hash text        not null,
  rotation_id  uuid        not null references rotation (id),
  created_at   timestamptz not null,
  primary key (principal, key_hash)
);

create index idempotency_key_age on idempotency_key (created_at);

-- A change that makes no new secret.
create table credential_change (
  id              uuid        primary key,
  kind            text        not null check (kind in ('UPDATE', 'DELETE', 'REVOKE')),
  upstream        text        not null,
  subject         text        not null,
  upstream_id     text        not null,
  -- the rotation that it is a part of
  rotation_id     uuid        references rotation (id),
  wanted_name        text,
  wanted_description text,
  state           text        not null,
  reason          text,
  upstream_status int,
  actor_kind      text        not null check (actor_kind in ('caller', 'system')),
  actor_id        text        not null,
  actor_client_id text,
  actor_team      text,
  request_id      text,
  trace_id        text,
  requested_at    timestamptz not null,
  closed_at       timestamptz,
  lease_until     timestamptz not null,
  epoch           int         not null default 0,
  next_check_at   timestamptz,
  checks          int         not null default 0,
  check ((state = 'PENDING') = (closed_at is null))
);

create index credential_change_lease on credential_change (lease_until) where state = 'PENDING';
create index credential_change_check on credential_change (next_check_at)
  where next_check_at is not null;

create index credential_change_open on credential_change (subject, upstream_id)
  where state in ('PENDING', 'UNKNOWN');

create trigger credential_change_transition before update of state on credential_change
  for each row execute function mutation_refuse();

-- A credential that is to be ended at a time. Taking that back deletes the row.
create table retirement (
  credential_id uuid        primary key references credential (id),
  -- A credential may be planned for, kept, and planned for again.
  plan_id       uuid        not null,
  -- because of which it is ended
  rotation_id   uuid        not null references rotation (id),
  due_at        timestamptz not null,
  -- for how long it has to have been unused; 0 if that does not matter
  quiet_seconds int         not null check (quiet_seconds >= 0),
  next_try_at   timestamptz not null,
  -- who raised it last may act, as long as it stays the same
  tries         int         not null default 0,
  last_failure  text,
  done_at       timestamptz
);

create index retirement_rotation on retirement (rotation_id);

create index retirement_due on retirement (next_try_at) where done_at is null;

grant select on mutation_transition to "${serviceRole}";
grant select, insert, update on rotation, rotation_attempt, credential_change
  to "${serviceRole}";
grant select, insert, update, delete on idempotency_key, retirement to "${serviceRole}";
