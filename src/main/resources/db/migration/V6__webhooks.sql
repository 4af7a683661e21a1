-- Webhooks, written in the transaction of the event that they tell of (docs/notifications.md).

create table webhook_delivery (
  id           uuid        primary key,
  -- of one target and order key, the lowest one that is to be delivered goes first
  number       bigint      generated always as identity,
  target       text        not null,
  event_id     uuid        not null,
  event_type   text        not null,
  subject      text,
  order_key    text        not null,
  -- what is sent, byte for byte
  body         text        not null,
  state        text        not null default 'PENDING'
    check (state in ('PENDING', 'DELIVERED', 'DEAD')),
  created_at   timestamptz not null default clock_timestamp(),
  -- since when it has been tried, or has waited to be: since it was written, or last put back
  queued_at    timestamptz not null default clock_timestamp(),
  -- who raised it last may act, as long as it stays the same
  tries        int         not null default 0,
  -- until then only who raised the tries last may act
  next_try_at  timestamptz not null default clock_timestamp(),
  last_failure text,
  -- when it was delivered or given up
  settled_at   timestamptz,
  check ((state = 'PENDING') = (settled_at is null))
);

create index webhook_delivery_due on webhook_delivery (target, next_try_at)
  where state = 'PENDING';
create index webhook_delivery_order on webhook_delivery (target, order_key, number)
  where state = 'PENDING';
create index webhook_delivery_newest on webhook_delivery (state, created_at, id);
create index webhook_delivery_of_target on webhook_delivery (target, state, created_at, id);

-- What an event told, and to whom, does not change any more.
grant select, insert, delete on webhook_delivery to "${serviceRole}";
grant update (state, queued_at, tries, next_try_at, last_failure, settled_at)
  on webhook_delivery to "${serviceRole}";
