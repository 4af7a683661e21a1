-- The delivery of a rotation's secret to the place where it is used. The secret itself is in the
-- memory of one replica until it is delivered.
create table secret_delivery (
  rotation_id  uuid        primary key references rotation (id),
  -- the attempt whose secret is delivered
  attempt_id   uuid        not null references rotation_attempt (id),
  target       text        not null,
  -- where it is, such as kubernetes/identity/okta-connector
  place        text        not null,
  mode         text        not null check (mode in ('ONLY', 'ALSO')),
  state        text        not null
    check (state in ('RESERVED', 'OUTSTANDING', 'DELIVERED', 'PARKED', 'SUPERSEDED')),
  -- how many credentials were minted, or tried to be minted, for this delivery
  mints        int         not null default 1,
  -- a replica may act while the epoch is the one that it knows; each one that takes over raises it
  epoch        int         not null default 0,
  -- when any replica may take over; null if there is nothing left to do
  next_try_at  timestamptz,
  -- claims since the mint; 0 while the replica that minted holds the secret
  tries        int         not null default 0,
  last_failure text,
  reserved_at  timestamptz not null,
  delivered_at timestamptz,
  restarted_at timestamptz
);

-- A target gets one secret at a time.
create unique index secret_delivery_target on secret_delivery (target)
  where state in ('RESERVED', 'OUTSTANDING');
create index secret_delivery_due on secret_delivery (next_try_at) where next_try_at is not null;
-- The latest of each target, and the parked ones.
create index secret_delivery_current on secret_delivery (state) where state <> 'SUPERSEDED';

-- Where the secret of a credential was delivered last.
alter table credential
  add column delivered_to text,
  add column delivered_at timestamptz;

grant select, insert, update, delete on secret_delivery to "${serviceRole}";
