-- Sample history from before the sandbox was started, and a webhook that Rekey gave up. Runs once, as the
-- service, for the compose file and mvn spring-boot:test-run.
insert into audit_event (
  id, type, occurred_at, outcome, reason, actor_id, actor_client_id, actor_team, actor_kind,
  upstream, subject, upstream_id, request_id, source_ip)
select
  uuidv7(), type, now() - ago::interval, outcome, reason, team, team, team, 'caller',
  upstream, subject, upstream_id, request_id, '127.0.0.1'
from (values
  ('credential.delete.requested', '9 days', null, null, 'payments', 'keycard',
   'organizations/acme/service-accounts/checkout', 'checkoutretiredcredential0', 'past-1'),
  ('credential.delete.succeeded', '8 days 23:59:59', 'succeeded', null, 'payments', 'keycard',
   'organizations/acme/service-accounts/checkout', 'checkoutretiredcredential0', 'past-1'),
  ('access.denied', '3 hours', 'denied', 'no grant covers apps/crm/connectors/okta', 'search',
   'conductorone', 'apps/crm/connectors/okta', null, 'past-2')
) as past (type, ago, outcome, reason, team, upstream, subject, upstream_id, request_id)
where not exists (select from audit_event e where e.request_id = past.request_id);

insert into webhook_delivery (
  id, target, event_id, event_type, subject, order_key, body, state, created_at, queued_at, tries,
  last_failure, settled_at)
select
  uuidv7(), 'sandbox', event, 'credential.expiring', subject, order_key,
  jsonb_build_object('specversion', '1.0', 'id', event, 'source', '/rekey',
    'type', 'dev.rekey.credential.expiring', 'subject', subject, 'time', at,
    'datacontenttype', 'application/json',
    'data', jsonb_build_object('type', 'credential.expiring', 'upstream', 'conductorone',
      'subject', subject, 'upstreamId', upstream_id))::text,
  'DEAD', now() - interval '4 days', now() - interval '4 days', 290, 'status 503',
  now() - interval '1 day'
from (
  select uuidv7() as event, subject, upstream_id, order_key,
    to_char(now() at time zone 'UTC' - interval '4 days', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at
  from (values
    ('apps/crm/connectors/jira', 'jira-seed-credential', 'past-3'),
    ('apps/crm/connectors/slack', 'slack-seed-credential', 'past-4'))
    one (subject, upstream_id, order_key)) lost
where not exists (select from webhook_delivery d where d.order_key = lost.order_key);
