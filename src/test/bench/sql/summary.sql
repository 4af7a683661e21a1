-- Each "select" of a time is evaluated once, like a parameter.
select c.*, r.* from (
  select
    sum(t.credentials) filter (where t.facet = 'ACTIVE') as ACTIVE,
    sum(t.credentials) filter (where t.facet = 'RETIRING') as RETIRING,
    sum(t.credentials) filter (where t.facet = 'RETIRED') as RETIRED,
    sum(t.credentials) filter (where t.facet = 'EXPIRED') as EXPIRED,
    sum(t.credentials) filter (where t.facet = 'MISSING') as MISSING,
    coalesce(sum(t.credentials) filter (
      where t.facet = 'ends' and t.hour >= '-infinity' and t.hour < (select date_trunc('hour', now()) + interval '1 hour')), 0) - (select count(*) from credential c where c.status in ('ACTIVE', 'RETIRING')
      and c.ends_at >= now() and c.ends_at < (select date_trunc('hour', now()) + interval '1 hour')) as overdue,
    coalesce(sum(t.credentials) filter (
      where t.facet = 'ends' and t.hour >= (select date_trunc('hour', now()) + interval '1 hour') and t.hour < (select date_trunc('hour', now() + interval '7 days'))), 0) + (select count(*) from credential c where c.status in ('ACTIVE', 'RETIRING')
      and c.ends_at >= now() and c.ends_at < (select date_trunc('hour', now()) + interval '1 hour'))
      + (select count(*) from credential c where c.status in ('ACTIVE', 'RETIRING')
      and c.ends_at >= (select date_trunc('hour', now() + interval '7 days')) and c.ends_at < now() + interval '7 days') as soon,
    coalesce(sum(t.credentials) filter (
      where t.facet = 'ends' and t.hour >= (select date_trunc('hour', now()) + interval '1 hour') and t.hour < (select date_trunc('hour', now() + interval '30 days'))), 0) + (select count(*) from credential c where c.status in ('ACTIVE', 'RETIRING')
      and c.ends_at >= now() and c.ends_at < (select date_trunc('hour', now()) + interval '1 hour'))
      + (select count(*) from credential c where c.status in ('ACTIVE', 'RETIRING')
      and c.ends_at >= (select date_trunc('hour', now() + interval '30 days')) and c.ends_at < now() + interval '30 days') as later,
    coalesce(sum(t.credentials) filter (where t.facet in ('ACTIVE', 'RETIRING')), 0)
      - coalesce(sum(t.credentials) filter (
      where t.facet = 'idle' and t.hour >= (select date_trunc('hour', now() - interval '90 days') + interval '1 hour') and t.hour < 'infinity'), 0) - (select count(*) from credential c where c.status in ('ACTIVE', 'RETIRING')
      and c.idle_since >= (select now() - interval '90 days') and c.idle_since < (select date_trunc('hour', now() - interval '90 days') + interval '1 hour')) as unused
  from (
    select facet, hour, credentials from credential_tally where hour = '-infinity'
    union all
    select facet, hour, credentials from credential_tally where facet = 'ends' and hour < (select date_trunc('hour', now() + interval '30 days'))
    union all
    select facet, hour, credentials from credential_tally where facet = 'idle' and hour >= (select date_trunc('hour', now() - interval '90 days') + interval '1 hour')
    union all
    select facet, hour, credentials from credential_tally_change) t) c,
(select u.*, d.* from
  (select count(*) as unknown_now, min(r.requested_at) as oldest_unknown
    from rotation r where r.state = 'UNKNOWN') u,
  (select count(*) filter (where r.state = 'PENDING') as today_pending,
    count(*) filter (where r.state = 'SUCCEEDED') as today_succeeded,
    count(*) filter (where r.state = 'NOT_ATTEMPTED') as today_not_attempted,
    count(*) filter (where r.state = 'REJECTED') as today_rejected,
    count(*) filter (where r.state = 'UNKNOWN') as today_unknown,
    count(*) filter (where r.state = 'COMPENSATED') as today_compensated,
    count(*) filter (where r.state = 'NOT_APPLIED') as today_not_applied,
    count(*) filter (where r.state = 'ORPHAN_REMOVED') as today_orphan_removed,
    count(*) filter (where r.state = 'SUPERSEDED') as today_superseded,
    count(*) filter (where r.state = 'RESOLVED') as today_resolved
    from rotation r where r.requested_at >= (select date_trunc('day', now()))) d) r
