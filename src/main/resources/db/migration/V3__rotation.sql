-- Every change that Rekey makes upstream, written down before its first byte is sent.

create table rotation (
  id              uuid        primary key,
  upstream        text        not null,
  subject         text        not null,
  name            text,
  state           text        not null
    check (state in ('PENDING', 'SUCCEEDED', 'NOT_ATTEMPTED', 'REJECTED', 'UNKNOWN')),
  reason          text,
  actor_id        text        not null,
  actor_client_id text,
  actor_team      text,
  request_id      text        not null,
  trace_id        text,
  requested_at    timestamptz not null,
  closed_at       timestamptz,
  credential_id   uuid        references credential (id),
  version         int         not null,
  check ((state = 'PENDING') = (closed_at is null)),
  check ((state = 'SUCCEEDED') = (credential_id is not null))
);

create index rotation_repeated on rotation (actor_id, subject, requested_at);

-- One attempt is one mint call.
create table rotation_attempt (
  id              uuid        primary key,
  rotation_id     uuid        not null references rotation (id),
  number          int         not null check (number > 0),
  state           text        not null
    check (state in ('PENDING', 'SUCCEEDED', 'NOT_ATTEMPTED', 'REJECTED', 'UNKNOWN')),
  reason          text,
  upstream_status int,
  started_at      timestamptz not null,
  closed_at       timestamptz,
  unique (rotation_id, number),
  check ((state = 'PENDING') = (closed_at is null))
);

alter table credential
  add constraint credential_rotation foreign key (rotation_id) references rotation (id);

-- A change that makes no new secret.
create table credential_change (
  id              uuid        primary key,
  kind            text        not null check (kind in ('UPDATE', 'DELETE', 'REVOKE')),
  upstream        text        not null,
  subject         text        not null,
  upstream_id     text        not null,
  state           text        not null
    check (state in ('PENDING', 'SUCCEEDED', 'NOT_ATTEMPTED', 'REJECTED', 'UNKNOWN')),
  reason          text,
  upstream_status int,
  actor_id        text        not null,
  actor_client_id text,
  actor_team      text,
  request_id      text        not null,
  trace_id        text,
  requested_at    timestamptz not null,
  closed_at       timestamptz,
  version         int         not null,
  check ((state = 'PENDING') = (closed_at is null))
);

grant select, insert, update on rotation, rotation_attempt, credential_change to "${serviceRole}";
