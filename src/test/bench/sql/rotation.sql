-- The fewest statements that keep the promises of a rotation: one commit before the call and one after it, which
-- checks the lease. Both append to the history.
\set account random(0, 499)
with r as (
  insert into rotation (id, upstream, subject, target, name, description, state, actor_id, actor_client_id,
    actor_team, request_id, trace_id, requested_at, confirm_on_first_use)
  select uuidv7(), 'keycard', 'organizations/acme/service-accounts/sa-' || :account, gen_random_uuid()::text,
    'the-name', 'made by the pipeline', 'PENDING', 'caller-1', 'caller-1',
    'admin', gen_random_uuid()::text, '4bf92f3577b34da6a3ce929d0e0e4736', now(), false
  returning id, subject, request_id),
a as (
  insert into rotation_attempt (id, rotation_id, number, state, started_at, lease_until)
  select uuidv7(), id, 1, 'PENDING', clock_timestamp(), clock_timestamp() + interval '66 s' from r
  returning id),
e as (
  insert into audit_event (id, type, occurred_at, actor_id, actor_client_id, actor_team, actor_kind, upstream,
    subject, rotation_id, request_id, trace_id, source_ip)
  select uuidv7(), 'rotation.requested', now(), 'caller-1', 'caller-1', 'admin', 'caller', 'keycard',
    subject, id, request_id, '4bf92f3577b34da6a3ce929d0e0e4736', '127.0.0.1' from r)
select r.id as rotation, a.id as attempt from r, a \gset
with a as (
  update rotation_attempt set state = 'SUCCEEDED', upstream_status = 201, upstream_id = gen_random_uuid()::text,
    closed_at = now()
  where id = :attempt and epoch = 0 and state = 'PENDING' and lease_until > clock_timestamp()
  returning rotation_id, upstream_id),
c as (
  insert into credential (id, upstream, subject, upstream_id, client_id, display_name, description, status, origin,
    created_at, recorded_at, observed_at, rotation_id, version)
  select uuidv7(), 'keycard', 'organizations/acme/service-accounts/sa-' || :account, upstream_id, upstream_id,
    'the-name', 'made by the pipeline', 'ACTIVE', 'MINTED', now(), now(), now(), rotation_id, 0 from a
  on conflict (upstream, subject, upstream_id) do nothing
  returning id, subject, upstream_id, rotation_id),
r as (
  update rotation set state = 'SUCCEEDED', credential_id = c.id, closed_at = now() from c
  where rotation.id = c.rotation_id returning request_id)
insert into audit_event (id, type, occurred_at, outcome, actor_id, actor_client_id, actor_team, actor_kind, upstream,
  subject, upstream_id, credential_id, rotation_id, request_id, trace_id, source_ip)
select uuidv7(), 'rotation.succeeded', now(), 'succeeded', 'caller-1', 'caller-1', 'admin', 'caller', 'keycard',
  c.subject, c.upstream_id, c.id, c.rotation_id, r.request_id, '4bf92f3577b34da6a3ce929d0e0e4736', '127.0.0.1' from c, r;
