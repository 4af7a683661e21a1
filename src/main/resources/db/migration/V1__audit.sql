-- History: it only grows. The owner role runs this; the service role may insert and select, and
-- the triggers are there for the day on which somebody connects with a role that may do more.

create table audit_event (
  id                uuid        not null,
  type              text        not null,
  occurred_at       timestamptz not null,
  outcome           text,
  reason            text,
  actor_id          text        not null,
  actor_client_id   text,
  actor_team        text,
  actor_kind        text        not null check (actor_kind in ('caller', 'system')),
  upstream          text,
  subject           text,
  upstream_id       text,
  credential_id     uuid,
  rotation_id       uuid,
  request_id        text,
  trace_id          text,
  source_ip         text,
  source_user_agent text,
  changes           jsonb       not null default '[]',
  -- written after the fact, because the database was away
  backfilled        boolean     not null default false,
  schema_version    smallint    not null default 1,
  primary key (occurred_at, id)
) partition by range (occurred_at);

create index audit_event_subject on audit_event (subject text_pattern_ops, occurred_at, id);
create index audit_event_credential on audit_event (credential_id, occurred_at, id)
  where credential_id is not null;
create index audit_event_rotation on audit_event (rotation_id, occurred_at, id)
  where rotation_id is not null;
create index audit_event_type on audit_event (type, occurred_at, id);

create function audit_refuse() returns trigger language plpgsql as $$
begin
  raise exception 'audit history only grows: % on % is refused', tg_op, tg_table_name
    using errcode = 'insufficient_privilege';
end $$;

-- Row triggers reach the partitions by themselves.
create trigger audit_event_no_change before update or delete on audit_event
  for each row execute function audit_refuse();
create trigger audit_event_no_truncate before truncate on audit_event
  for each statement execute function audit_refuse();

-- Makes the monthly partitions around now that do not exist yet, and says how many it made. There is
-- no default partition: an event outside all months is refused, not lost from sight.
create function audit_ensure_partitions(months_back int, months_ahead int) returns int
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  first_of_month timestamp;
  partition_name text;
  made           int := 0;
begin
  if months_back not between 0 and 24 or months_ahead not between 0 and 24 then
    raise exception 'months have to be 0 to 24';
  end if;
  perform pg_advisory_xact_lock(hashtext('audit_ensure_partitions'));
  for offset_months in -months_back .. months_ahead loop
    first_of_month := date_trunc('month', now() at time zone 'UTC')
      + make_interval(months => offset_months);
    partition_name := 'audit_event_' || to_char(first_of_month, 'YYYY_MM');
    if to_regclass('public.' || partition_name) is null then
      execute format(
        'create table public.%I partition of public.audit_event for values from (%L) to (%L)',
        partition_name,
        to_char(first_of_month, 'YYYY-MM-DD') || ' 00:00:00+00',
        to_char(first_of_month + interval '1 month', 'YYYY-MM-DD') || ' 00:00:00+00');
      -- A statement trigger does not reach the partitions by itself.
      execute format(
        'create trigger audit_event_no_truncate before truncate on public.%I '
          'for each statement execute function public.audit_refuse()',
        partition_name);
      made := made + 1;
    end if;
  end loop;
  return made;
end $$;

select audit_ensure_partitions(2, 3);

revoke all on function audit_ensure_partitions(int, int) from public;
grant usage on schema public to "${serviceRole}";
grant execute on function audit_ensure_partitions(int, int) to "${serviceRole}";
grant select, insert on audit_event to "${serviceRole}";
