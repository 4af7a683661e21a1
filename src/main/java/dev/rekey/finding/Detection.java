package dev.rekey.finding;

import dev.rekey.access.Owners;
import dev.rekey.credential.RotationSchedule;
import dev.rekey.platform.query.Conditions;
import dev.rekey.platform.query.SqlPart;
import dev.rekey.platform.query.SqlTime;
import dev.rekey.upstream.Upstreams;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * The conditions of the findings, as queries. Each gives the {@code identity} of a finding within
 * its kind, what it is about, since when its condition holds, and the evidence. The evidence has
 * facts only, and changes only when they do.
 */
@Component
class Detection {

  private static final String LIVE =
      "c.upstream = any (:upstreams) and c.status in ('ACTIVE', 'RETIRING')";
  private static final String IN_USE =
      "c.upstream = any (:upstreams) and c.status = 'ACTIVE' and c.replaced_by is null";

  /** No index has this. */
  private static final String CREATED = "coalesce(c.created_at, c.recorded_at)";

  private static final String OF_CREDENTIAL =
      "select c.id::text as identity, c.upstream, c.subject, c.id as credential_id, c.upstream_id, ";
  private static final String OF_SUBJECT =
      """
      select %1$s.upstream || ' ' || %1$s.subject as identity, %1$s.upstream, %1$s.subject,
        cast(null as uuid) as credential_id, cast(null as text) as upstream_id,
      """;

  private final FindingProperties properties;
  private final RotationSchedule schedule;
  private final Owners owners;
  private final Upstreams upstreams;

  Detection(
      FindingProperties properties, RotationSchedule schedule, Owners owners, Upstreams upstreams) {
    this.properties = properties;
    this.schedule = schedule;
    this.owners = owners;
    this.upstreams = upstreams;
  }

  /** The query of a kind, as of a time. Its parameters do not begin with {@code finding}. */
  SqlPart of(FindingKind kind, Instant now) {
    var params = new HashMap<String, Object>();
    params.put("upstreams", upstreams.names().toArray(String[]::new));
    String sql =
        switch (kind) {
          case OVERDUE -> overdue(params, now);
          case TOO_OLD -> tooOld(params, now);
          case NEVER_USED -> neverUsed(params, now);
          case UNUSED -> unused(params, now);
          case EXPIRING_WITHOUT_POLICY -> expiringWithoutPolicy(params, now);
          case MADE_PAST_REKEY -> madePastRekey();
          case TWO_LIVE -> twoLive();
          case DELIVERY_FAILED -> deliveryFailed();
          case SHOWN_TO_PERSON -> shownToPerson();
          case NO_OWNER -> noOwner(params);
        };
    return new SqlPart(sql, Map.copyOf(params));
  }

  private String overdue(Map<String, Object> params, Instant now) {
    params.put("now", SqlTime.of(now));
    putDue(params, now);
    return """
    %s least(e.at, d.at) as since,
      jsonb_build_object('expiresAt', %s, 'rotationDueAt', %s) as evidence
    from (
      select c.id from credential c where %s and c.ends_at < :now
      union select unnest(:dueIds)) o
      join credential c on c.id = o.id
      left join unnest(:dueIds, cast(:dueTimes as timestamptz[])) d (id, at) on d.id = c.id
      cross join lateral (select case when c.ends_at < :now then c.ends_at end as at) e
    where %s
    """
        .formatted(OF_CREDENTIAL, time("e.at"), time("d.at"), LIVE, LIVE);
  }

  /** The credentials that their policies want rotated, and since when. */
  private void putDue(Map<String, Object> params, Instant now) {
    var ids = new ArrayList<UUID>();
    var times = new ArrayList<String>();
    schedule
        .of(schedule.subjects(), now)
        .forEach(
            (id, next) -> {
              if (next.isOverdue(now)) {
                ids.add(id);
                times.add(String.valueOf(next.dueAt()));
              }
            });
    params.put("dueIds", ids.toArray(UUID[]::new));
    params.put("dueTimes", times.toArray(String[]::new));
  }

  private String tooOld(Map<String, Object> params, Instant now) {
    putPeriod(params, properties.maxAge(), now);
    return """
    %s %s + make_interval(secs => :period) as since,
      jsonb_build_object('createdAt', %s, 'maxAge', cast(:periodText as text)) as evidence
    from credential c
    where %s and (c.created_at < :before or c.created_at is null and c.recorded_at < :before)
    """
        .formatted(OF_CREDENTIAL, CREATED, time(CREATED), LIVE);
  }

  private String neverUsed(Map<String, Object> params, Instant now) {
    putPeriod(params, properties.neverUsedFor(), now);
    return """
    %s c.idle_since + make_interval(secs => :period) as since,
      jsonb_build_object('createdAt', %s, 'period', cast(:periodText as text)) as evidence
    from credential c where %s and c.last_used_at is null and c.idle_since < :before
    """
        .formatted(OF_CREDENTIAL, time("c.idle_since"), LIVE);
  }

  private String unused(Map<String, Object> params, Instant now) {
    putPeriod(params, properties.unusedFor(), now);
    return """
    %s c.last_used_at + make_interval(secs => :period) as since,
      jsonb_build_object('lastUsedAt', %s, 'period', cast(:periodText as text)) as evidence
    from credential c where %s and c.last_used_at is not null and c.idle_since < :before
    """
        .formatted(OF_CREDENTIAL, time("c.last_used_at"), LIVE);
  }

  private static void putPeriod(Map<String, Object> params, Duration period, Instant now) {
    params.put("before", SqlTime.of(now.minus(period)));
    params.put("period", period.toMillis() / 1000.0);
    params.put("periodText", period.toString());
  }

  private String expiringWithoutPolicy(Map<String, Object> params, Instant now) {
    Duration within = properties.expiringWithin();
    params.put("now", SqlTime.of(now));
    params.put("until", SqlTime.of(now.plus(within)));
    params.put("period", within.toMillis() / 1000.0);
    params.put("covered", schedule.subjects().toArray(String[]::new));
    return """
    %s greatest(c.expires_at - make_interval(secs => :period), c.recorded_at) as since,
      jsonb_build_object('expiresAt', %s) as evidence
    from credential c
    where %s and c.expires_at is not null and c.ends_at >= :now and c.ends_at < :until
      and c.subject <> all (:covered)
    """
        .formatted(OF_CREDENTIAL, time("c.expires_at"), IN_USE);
  }

  private static String madePastRekey() {
    return """
    %s c.recorded_at as since,
      jsonb_build_object('createdAt', %s, 'recordedAt', %s) as evidence
    from credential c where %s and c.origin = 'DISCOVERED'
    """
        .formatted(OF_CREDENTIAL, time("c.created_at"), time("c.recorded_at"), LIVE);
  }

  private static String twoLive() {
    return """
    %s (array_agg(%s order by %s))[2] as since,
      jsonb_build_object('credentials', count(*),
        'oldest', (array_agg(c.id order by %s, c.id))[1],
        'newest', (array_agg(c.id order by %s desc, c.id desc))[1]) as evidence
    from credential c
    where c.upstream = any (:upstreams) and c.status = 'ACTIVE'
    group by c.upstream, c.subject
    having count(*) > 1 and not exists (
      select from rotation r
      where r.upstream = c.upstream and r.subject = c.subject
        and (r.state in ('PENDING', 'UNKNOWN')
          or r.state = 'SUCCEEDED' and r.replaces is not null
            and r.confirmed_at is null and r.reverted_at is null))
    """
        .formatted(OF_SUBJECT.formatted("c"), CREATED, CREATED, CREATED, CREATED);
  }

  private static String deliveryFailed() {
    return """
    %s d.reserved_at as since,
      jsonb_build_object('rotationId', d.rotation_id, 'target', d.target, 'place', d.place,
        'state', d.state, 'failure', d.last_failure) as evidence
    from (
      select distinct on (r.upstream, r.subject)
        r.upstream, r.subject, r.requested_at, s.rotation_id, s.target, s.place, s.state,
        s.last_failure, s.reserved_at
      from secret_delivery s join rotation r on r.id = s.rotation_id
      where s.state <> 'SUPERSEDED' and r.upstream = any (:upstreams)
      order by r.upstream, r.subject, r.requested_at desc, r.id desc) d
    where (d.state = 'PARKED' or d.state = 'OUTSTANDING' and d.last_failure is not null)
      and not exists (
        select from rotation later
        where later.upstream = d.upstream and later.subject = d.subject
          and later.state = 'SUCCEEDED' and later.requested_at > d.requested_at)
      and exists (
        select from credential c
        where c.upstream = d.upstream and c.subject = d.subject and %s)
    """
        .formatted(OF_SUBJECT.formatted("d"), LIVE);
  }

  // A secret that was minted again after a loss was only delivered, also if the first one was
  // shown.
  private static String shownToPerson() {
    return """
    select distinct on (one.identity) one.* from (
      %s coalesce(r.delivered_at, r.closed_at, r.requested_at) as since,
        jsonb_build_object('rotationId', r.id, 'person', r.actor_id) as evidence
      from rotation r
        join credential c on c.id = r.credential_id
        left join secret_delivery d on d.rotation_id = r.id
      where %s and r.actor_kind = 'person' and r.state = 'SUCCEEDED'
        and (d.rotation_id is null or d.mode = 'ALSO' and d.mints = 1)) one
    order by one.identity, one.since desc
    """
        .formatted(OF_CREDENTIAL, IN_USE);
  }

  private String noOwner(Map<String, Object> params) {
    var where = new Conditions().and(LIVE);
    owners.addNoneTo(where, "c.subject");
    params.putAll(where.params());
    return """
    %s min(c.recorded_at) as since, jsonb_build_object('credentials', count(*)) as evidence
    from credential c where %s group by c.upstream, c.subject
    """
        .formatted(OF_SUBJECT.formatted("c"), where.sql());
  }

  /** A time as the API writes it; null for null. */
  private static String time(String column) {
    return "to_char(%s at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')".formatted(column);
  }
}
