-- What the inventory is searched, ordered and counted by (docs/inventory.md).

-- PostgreSQL lets the owner of a database make this one; who may not finds it made by somebody else.
create extension if not exists pg_trgm;

alter table credential
  -- orders that are the same wherever the database is; no index takes a name of any length
  add column subject_order text collate "C" not null
    generated always as (subject) stored,
  add column name_order text collate "C"
    generated always as (lower(left(display_name, 200) collate "C")) stored,
  -- the last sign of somebody who needs it: its use, or else that somebody made it
  add column idle_since timestamptz not null
    generated always as (coalesce(last_used_at, created_at, recorded_at)) stored;

-- One for each order, within one upstream and status: a page is merged from those that are wanted, and
-- none of the others is looked at, however few are wanted.
create index credential_by_recorded on credential (upstream, status, recorded_at, id);
create index credential_by_created on credential (upstream, status, created_at, id);
create index credential_by_end on credential (upstream, status, ends_at, id);
create index credential_by_use on credential (upstream, status, last_used_at, id);
create index credential_by_subject on credential (upstream, status, subject_order, id);
create index credential_by_name on credential (upstream, status, name_order, id);
drop index credential_newest;

create index credential_origin on credential (origin);
create index credential_idle on credential (status, idle_since);

-- Who can be listed is discovered, and who cannot is not: the planner has to know of both together.
create statistics credential_kinds (mcv) on upstream, status, origin from credential;

-- What q looks into; no text that is looked for has a line break. Of the subject its ids: what is in
-- the names of all subjects would find half of all credentials, and none of the other half.
create function credential_text(
  display_name text, description text, client_id text, upstream_id text, subject text)
  returns text language sql immutable parallel safe
  return coalesce(display_name, '') || E'\n' || coalesce(description, '') || E'\n'
    || coalesce(client_id, '') || E'\n' || upstream_id || E'\n'
    || split_part(subject, '/', 2) || E'\n' || split_part(subject, '/', 4);

create index credential_words on credential using gin (
  credential_text(display_name, description, client_id, upstream_id, subject) gin_trgm_ops);

-- How many credentials there are, by status, and of those that live by the hour in which they end and
-- since which they are idle. A status has all its credentials in one row.
create table credential_tally (
  facet       text        not null,
  hour        timestamptz not null default '-infinity',
  credentials bigint      not null,
  primary key (facet, hour)
);

-- What has changed since in these numbers. Whoever changes credentials adds rows and so waits for
-- nobody; they are folded into the others in the background.
create table credential_tally_change (
  facet       text        not null,
  hour        timestamptz not null,
  credentials bigint      not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

-- Where a credential is counted.
create function credential_facets(status text, ends_at timestamptz, idle_since timestamptz)
  returns table (facet text, hour timestamptz) language sql immutable as $$
  select f.facet, f.hour
  from (values
    (status, timestamptz '-infinity', true),
    ('ends', date_bin('1 hour', ends_at, 'epoch'), false),
    ('idle', date_bin('1 hour', idle_since, 'epoch'), false)) f (facet, hour, whatever)
  where f.hour is not null and (f.whatever or status in ('ACTIVE', 'RETIRING'))
$$;

create function credential_count() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into credential_tally_change
      select f.facet, f.hour, count(*)
      from added a, credential_facets(a.status, a.ends_at, a.idle_since) f
      group by f.facet, f.hour;
  elsif tg_op = 'DELETE' then
    insert into credential_tally_change
      select f.facet, f.hour, -count(*)
      from removed r, credential_facets(r.status, r.ends_at, r.idle_since) f
      group by f.facet, f.hour;
  else
    insert into credential_tally_change
      select f.facet, f.hour, sum(c.credentials)
      from (
        select status, ends_at, idle_since, 1 as credentials from added
        union all select status, ends_at, idle_since, -1 from removed) c,
        credential_facets(c.status, c.ends_at, c.idle_since) f
      group by f.facet, f.hour having sum(c.credentials) <> 0;
  end if;
  return null;
end $$;

create trigger credential_count_insert after insert on credential
  referencing new table as added for each statement execute function credential_count();
create trigger credential_count_update after update on credential
  referencing old table as removed new table as added
  for each statement execute function credential_count();
create trigger credential_count_delete after delete on credential
  referencing old table as removed for each statement execute function credential_count();

insert into credential_tally
  select f.facet, f.hour, count(*)
  from credential c, credential_facets(c.status, c.ends_at, c.idle_since) f
  group by f.facet, f.hour;

-- Rotations of a day by their state.
create index rotation_day on rotation (requested_at) include (state);

grant select, insert, update on credential_tally to "${serviceRole}";
grant select, insert, delete on credential_tally_change to "${serviceRole}";
