-- The sealed chain over the history (docs/audit-chain.md), and what is derived from it.

-- The transaction that appended it: the sealer finds by this what was committed since it last looked.
alter table audit_event add column recorded_in xid8 not null default pg_current_xact_id();
create index audit_event_recorded on audit_event (recorded_in, id);

-- So that nobody but the database says which transaction it was.
revoke insert on audit_event from "${serviceRole}";
grant insert (
  id, type, occurred_at, outcome, reason, actor_id, actor_client_id, actor_team, actor_kind,
  upstream, subject, upstream_id, credential_id, rotation_id, request_id, trace_id, source_ip,
  source_user_agent, changes, backfilled, schema_version) on audit_event to "${serviceRole}";

-- What a search can be for; docs/performance.md says which index serves which.
create index audit_event_actor on audit_event (actor_id, occurred_at, id);
create index audit_event_team on audit_event (actor_team, occurred_at, id)
  where actor_team is not null;
create index audit_event_outcome on audit_event (outcome, occurred_at, id)
  where outcome is not null;
create index audit_event_upstream on audit_event (upstream, occurred_at, id)
  where upstream is not null;

-- The words of an event, in small letters: what lies between the ASCII characters that are neither
-- letters nor digits. The same in every locale, and for what is searched (Words.java). What JSON
-- escapes is such a character. Of a word that is longer only 255 characters count: PostgreSQL takes
-- no longer ones than 2046 bytes, and an event must not fail by one.
create function audit_words(
  type text, outcome text, reason text, actor_id text, actor_client_id text, actor_team text,
  upstream text, subject text, upstream_id text, request_id text, trace_id text, changes jsonb)
  returns tsvector language sql immutable parallel safe as $$
  select array_to_tsvector(array_remove(regexp_split_to_array(
    lower(
      type || ' ' || coalesce(outcome, '') || ' ' || coalesce(reason, '') || ' '
        || left(actor_id, 255) || ' ' || coalesce(left(actor_client_id, 255), '') || ' '
        || coalesce(left(actor_team, 255), '') || ' '
        || coalesce(upstream, '') || ' ' || coalesce(subject, '') || ' '
        || coalesce(upstream_id, '') || ' ' || coalesce(request_id, '') || ' '
        || coalesce(trace_id, '') || ' '
        || coalesce(
          regexp_replace(
            regexp_replace(
              jsonb_path_query_array(changes, '$[*].* ? (@ != null)')::text,
              '\\(["\\/bfnrt]|u[0-9a-f]{4})', ' ', 'g'),
            '([^\x01-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]{255})', '\1 ', 'g'), '')),
    '[\x01-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]+'), ''))
$$;

create index audit_event_words on audit_event using gin (audit_words(
  type, outcome, reason, actor_id, actor_client_id, actor_team, upstream, subject, upstream_id,
  request_id, trace_id, changes));

-- The place of every event in the chain. Outlives the events.
create table audit_seal (
  seq         bigint      primary key check (seq > 0),
  event_id    uuid        not null unique,
  occurred_at timestamptz not null,
  row_hash    bytea       not null check (length(row_hash) = 32),
  chain_hash  bytea       not null check (length(chain_hash) = 32)
);

-- What the chain looked like at a time, signed with a key that the database does not have.
create table audit_checkpoint (
  id        uuid        not null,
  taken_at  timestamptz not null,
  seq       bigint      not null check (seq >= 0),
  count     bigint      not null check (count = seq),
  head      bytea       not null check (length(head) = 32),
  key_id    text        not null,
  signature bytea       not null check (length(signature) = 64),
  primary key (taken_at, id)
);

-- The verifier compares the checkpoints of a part of the chain with it.
create index audit_checkpoint_seq on audit_checkpoint (seq, taken_at);

create trigger audit_seal_no_change before update or delete on audit_seal
  for each row execute function audit_refuse();
create trigger audit_seal_no_truncate before truncate on audit_seal
  for each statement execute function audit_refuse();
create trigger audit_checkpoint_no_change before update or delete on audit_checkpoint
  for each row execute function audit_refuse();
create trigger audit_checkpoint_no_truncate before truncate on audit_checkpoint
  for each statement execute function audit_refuse();

-- How far the sealer is: all that is visible in "sealed" has a seal; of what is visible in "target"
-- besides, all up to a transaction and an event has. Transactions are numbered by a cluster; in
-- another one, into which a dump was restored, their numbers mean nothing.
create table audit_sealer (
  one           boolean     primary key default true check (one),
  cluster       bigint      not null,
  sealed        pg_snapshot not null,
  target        pg_snapshot,
  after_xid     xid8,
  after_id      uuid,
  check ((target is null) = (after_xid is null) and (target is null) = (after_id is null))
);

insert into audit_sealer (cluster, sealed)
  select system_identifier, '1:1:' from pg_control_system();

-- Sealed events by the hour, for charts: one for who sees everything, one for who sees some subjects.
create table audit_rollup (
  hour     timestamptz not null,
  type     text        not null,
  outcome  text,
  team     text,
  upstream text,
  events   bigint      not null,
  unique nulls not distinct (hour, type, outcome, team, upstream)
);

create table audit_rollup_subject (
  subject  text        not null,
  hour     timestamptz not null,
  type     text        not null,
  outcome  text,
  team     text,
  upstream text,
  events   bigint      not null
);

create unique index audit_rollup_subject_key on audit_rollup_subject (
  subject text_pattern_ops, hour, type, outcome, team, upstream) nulls not distinct;

-- How old events have to be before anybody may have them dropped. Only the owner changes it.
create table audit_retention (
  one         boolean  primary key default true check (one),
  minimum_age interval not null check (minimum_age >= interval '30 days')
);

insert into audit_retention (minimum_age) values ('365 days');

-- Drops the oldest month if it ended longer ago than an age, and says what went. Refuses an age below
-- the minimum, and a month with an event that is not sealed. One month a call, so that it is counted
-- before anything is locked.
create function audit_drop_partition(older_than interval)
  returns table (dropped text, events bigint, first_seq bigint, last_seq bigint)
  language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp set lock_timeout = '3s' as $$
declare
  minimum  interval;
  unsealed bigint;
begin
  select minimum_age into strict minimum from public.audit_retention;
  if older_than is null or now() - older_than > now() - minimum then
    raise exception 'audit history younger than % is not dropped', minimum
      using errcode = 'insufficient_privilege';
  end if;
  perform pg_advisory_xact_lock(hashtext('audit_ensure_partitions'));
  select c.relname into dropped from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'public.audit_event'::regclass order by c.relname limit 1;
  if dropped is null or now() - older_than
      < (to_timestamp(right(dropped, 7), 'YYYY_MM')::timestamp + interval '1 month')
        at time zone 'UTC' then
    return;
  end if;
  execute format(
    'select count(s.seq), count(*) filter (where s.seq is null), min(s.seq), max(s.seq) '
      'from public.%I e left join public.audit_seal s '
      'on s.event_id = e.id and s.occurred_at = e.occurred_at', dropped)
    into events, unsealed, first_seq, last_seq;
  if unsealed > 0 then
    raise exception '% of % are not sealed', unsealed, dropped;
  end if;
  execute format('drop table public.%I', dropped);
  return next;
end $$;

revoke all on function audit_drop_partition(interval) from public;
grant execute on function audit_drop_partition(interval) to "${serviceRole}";
grant select, insert on audit_seal, audit_checkpoint to "${serviceRole}";
grant select, update on audit_sealer to "${serviceRole}";
grant select, insert, update on audit_rollup, audit_rollup_subject to "${serviceRole}";
grant select on audit_retention to "${serviceRole}";
