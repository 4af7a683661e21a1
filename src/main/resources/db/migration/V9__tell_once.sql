-- What has been told is not told again, whichever policies and Rekeys run side by side.

alter table credential
  -- which policy its end by policy and tell_at were worked out from; null if nobody knows
  add column planned_by uuid;

-- So that what was planned by another policy is found, however little there is of it.
create index credential_planned on credential (planned_by);

-- Replicas that start with another policy take the place of those before; whose policy it is says so
-- again and again, until nobody of theirs is left.
alter table expiry_policy
  add column affirmed_at timestamptz not null default now();

-- How near an end had come when it was told last: of one end, it is told only ever nearer.
create table credential_told (
  credential_id uuid        not null references credential (id),
  ends_at       timestamptz not null,
  days          int         not null,
  primary key (credential_id, ends_at)
);

insert into credential_told (credential_id, ends_at, days)
  select id, told_end, told_days from credential
  where told_end is not null and told_days is not null;

-- False for what waits for an older one. True may be wrong, and then costs a look.
alter table webhook_delivery
  add column is_first boolean not null default true;

update webhook_delivery d set is_first = false
where d.state = 'PENDING' and exists (
  select from webhook_delivery older
  where older.target = d.target and older.order_key = d.order_key
    and older.state = 'PENDING' and older.number < d.number);

drop index webhook_delivery_due;
create index webhook_delivery_due on webhook_delivery (target, next_try_at)
  where state = 'PENDING' and is_first;

grant select, insert, update on credential_told to "${serviceRole}";
grant update (is_first) on webhook_delivery to "${serviceRole}";
