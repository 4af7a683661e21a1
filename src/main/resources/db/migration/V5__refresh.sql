-- What keeps the inventory true, and how far it has come.

alter table credential
  -- the end that a maximum age gives it where its upstream gives none
  add column policy_expires_at timestamptz,
  add column ends_at           timestamptz
    generated always as (coalesce(expires_at, policy_expires_at)) stored,
  -- how many days before its end that was last told, 0 for the end itself, and which end was meant
  add column told_days         int,
  add column told_end          timestamptz,
  -- when it has to be told next; null for never
  add column tell_at           timestamptz;

create index credential_tell on credential (tell_at)
  where tell_at is not null and status = 'ACTIVE';

-- What the ends by policy and the times to tell of were last worked out from.
create table expiry_policy (
  only_one    boolean primary key default true check (only_one),
  fingerprint text    not null
);

-- A subject, or a directory of subjects, that is looked at again and again. The order of the names
-- is the order of the looks.
create table watched (
  upstream      text        not null,
  name          text        not null collate "C",
  is_directory  boolean     not null default false,
  -- when all that was there had been seen for the first time; null until then
  watched_since timestamptz,
  primary key (upstream, name)
);

-- One pass over everything that is watched at an upstream, on one replica at a time.
create table refresh_pass (
  upstream    text        primary key,
  number      bigint      not null default 0,
  started_at  timestamptz,
  -- null while it is under way
  ended_at    timestamptz,
  -- when the last one that came to its end had begun
  last_whole  timestamptz,
  owner       uuid,
  leased_until timestamptz
);

-- What a pass has looked at so far, a stretch of names at a time: all between the end of the stretch
-- before and its own, none of them before looked_at. Those of the last two passes are kept.
create table refresh_stretch (
  upstream  text        not null,
  pass      bigint      not null,
  to_name   text        not null collate "C",
  looked_at timestamptz not null,
  primary key (upstream, pass, to_name)
);

-- What could not be looked at when its turn came, until it can.
create table refresh_failure (
  upstream    text        not null,
  name        text        not null collate "C",
  since       timestamptz not null,
  -- when it was last looked at with success; null if never
  looked_at   timestamptz,
  tries       int         not null,
  reason      text        not null,
  next_try_at timestamptz not null,
  primary key (upstream, name)
);

grant select, insert, update on expiry_policy to "${serviceRole}";
grant select, insert, update, delete on watched, refresh_pass, refresh_stretch, refresh_failure
  to "${serviceRole}";
