package dev.rekey.finding;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.access.Owners;
import dev.rekey.audit.AuditLog;
import dev.rekey.credential.RotationSchedule;
import dev.rekey.policy.NextRotation;
import dev.rekey.policy.WaitsFor;
import dev.rekey.upstream.Upstreams;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The findings that SQL finds in random inventories are those that a check of every fact finds,
 * before and after facts change.
 */
class FindingPropertyIT extends RekeyIT {

  private static final int ROUNDS = 20;
  private static final int CREDENTIALS = 60;
  private static final int ROTATIONS = 40;
  private static final Duration MAX_AGE = Duration.ofDays(365);
  private static final Duration NEVER_USED = Duration.ofDays(30);
  private static final Duration UNUSED = Duration.ofDays(90);
  private static final Duration EXPIRING = Duration.ofDays(30);
  private static final FindingProperties SETTINGS =
      new FindingProperties(Duration.ofMinutes(1), MAX_AGE, NEVER_USED, UNUSED, EXPIRING);

  private static final List<String> SUBJECTS =
      List.of(
          "apps/crm/connectors/okta",
          "apps/crm/connectors/github",
          "apps/crm/connectors/jira",
          "apps/hr/connectors/okta",
          "apps/hr/connectors/work_day",
          "apps/hr/connectors/workXday",
          "organizations/acme/service-accounts/checkout",
          "organizations/acme/service-accounts/billing",
          "organizations/acme/service-accounts/reports",
          "organizations/other/service-accounts/billing");

  private static final Set<String> OWNED =
      Set.of(
          "apps/crm/connectors/okta",
          "apps/crm/connectors/github",
          "apps/hr/connectors/work_day",
          "organizations/acme/service-accounts/billing",
          "organizations/other/service-accounts/billing");

  @DynamicPropertySource
  static void settings(DynamicPropertyRegistry registry) {
    registry.add("rekey.access.grants[0].team", () -> "payments");
    registry.add("rekey.access.grants[0].subjects[0]", () -> "apps/crm/connectors/okta");
    registry.add("rekey.access.grants[0].subjects[1]", () -> "apps/*/connectors/git*");
    registry.add("rekey.access.grants[1].team", () -> "auditors");
    registry.add("rekey.access.grants[1].all-teams", () -> "true");
    registry.add("rekey.owners[0].team", () -> "hr");
    registry.add("rekey.owners[0].subjects[0]", () -> "apps/hr/connectors/work_day");
    registry.add("rekey.owners[1].team", () -> "finance");
    registry.add("rekey.owners[1].subjects[0]", () -> "organizations/*/service-accounts/billing");
  }

  private record Credential(
      UUID id,
      String upstream,
      String subject,
      String status,
      String origin,
      @Nullable Instant createdAt,
      @Nullable Instant expiresAt,
      @Nullable Instant policyExpiresAt,
      @Nullable Instant lastUsedAt,
      Instant recordedAt,
      @Nullable UUID replacedBy) {

    Instant born() {
      return createdAt == null ? recordedAt : createdAt;
    }

    @Nullable Instant end() {
      return expiresAt == null ? policyExpiresAt : expiresAt;
    }

    boolean isLive() {
      return status.equals("ACTIVE") || status.equals("RETIRING");
    }

    boolean isInUse() {
      return status.equals("ACTIVE") && replacedBy == null;
    }

    String about() {
      return upstream + " " + subject;
    }
  }

  private record Delivery(
      String mode, String state, int mints, @Nullable String failure, Instant reservedAt) {}

  private record Rotation(
      UUID id,
      String upstream,
      String subject,
      String state,
      String actorKind,
      Instant requestedAt,
      @Nullable Instant closedAt,
      @Nullable UUID credential,
      @Nullable Instant deliveredAt,
      @Nullable UUID replaces,
      @Nullable Instant confirmedAt,
      @Nullable Instant revertedAt,
      @Nullable Delivery delivery) {

    String about() {
      return upstream + " " + subject;
    }
  }

  @Autowired private JdbcClient jdbc;
  @Autowired private Owners owners;
  @Autowired private Upstreams upstreams;
  @Autowired private AuditLog audit;
  @Autowired private PlatformTransactionManager transactions;

  private List<Credential> credentials = List.of();
  private List<Rotation> rotations = List.of();
  private Map<UUID, Instant> due = Map.of();
  private Set<String> covered = Set.of();
  private Instant now = Instant.EPOCH;
  private Random random = new Random();

  @Test
  void sqlFindsWhatACheckOfEveryFactFinds() {
    long first = System.nanoTime();
    var counts = new TreeMap<String, Integer>();
    for (int round = 0; round < ROUNDS; round++) {
      random = new Random(first + round);
      now = Instant.now().truncatedTo(ChronoUnit.MICROS);
      postgres().empty();
      fill();
      compute();
      requireSame("seed " + (first + round), counts);

      change();
      compute();
      requireSame("seed " + (first + round) + " after changes", counts);
    }
    // Fewer would make the comparison too easy.
    assertThat(counts).hasSize(FindingKind.values().length);
    assertThat(counts.values()).allMatch(count -> count > 10, counts.toString());
  }

  private void requireSame(String name, Map<String, Integer> counts) {
    Map<String, Instant> found =
        query("select kind || ' ' || identity as id, since from finding where state = 'open'")
            .stream()
            .collect(
                toMap(
                    row -> (String) row.get("id"),
                    row -> ((Timestamp) Objects.requireNonNull(row.get("since"))).toInstant(),
                    (a, _) -> a,
                    TreeMap::new));
    var expected = new TreeMap<String, Instant>();
    for (FindingKind kind : FindingKind.values()) {
      Map<String, Instant> ofKind = expected(kind);
      counts.merge(kind.text(), ofKind.size(), Integer::sum);
      ofKind.forEach((identity, since) -> expected.put(kind.text() + " " + identity, since));
    }
    assertThat(found).as(name).isEqualTo(expected);
    assertThat(numberOf("select count(*) from finding where state not in ('open', 'resolved')"))
        .isZero();
    long opened = numberOf("select count(*) from audit_event where type = 'finding.opened'");
    long resolved = numberOf("select count(*) from audit_event where type = 'finding.resolved'");
    assertThat(opened - resolved).as(name).isEqualTo(expected.size());
  }

  private Map<String, Instant> expected(FindingKind kind) {
    var all = new HashMap<String, Instant>();
    switch (kind) {
      case OVERDUE -> {
        for (Credential each : credentials) {
          Instant end = each.end();
          List<Instant> late =
              Stream.of(end != null && end.isBefore(now) ? end : null, due.get(each.id()))
                  .filter(Objects::nonNull)
                  .filter(at -> at.isBefore(now))
                  .toList();
          if (each.isLive() && !late.isEmpty()) {
            all.put(each.id().toString(), late.stream().min(Comparator.naturalOrder()).get());
          }
        }
      }
      case TOO_OLD -> {
        for (Credential each : credentials) {
          if (each.isLive() && each.born().plus(MAX_AGE).isBefore(now)) {
            all.put(each.id().toString(), each.born().plus(MAX_AGE));
          }
        }
      }
      case NEVER_USED -> {
        for (Credential each : credentials) {
          if (each.isLive()
              && each.lastUsedAt() == null
              && each.born().plus(NEVER_USED).isBefore(now)) {
            all.put(each.id().toString(), each.born().plus(NEVER_USED));
          }
        }
      }
      case UNUSED -> {
        for (Credential each : credentials) {
          Instant used = each.lastUsedAt();
          if (each.isLive() && used != null && used.plus(UNUSED).isBefore(now)) {
            all.put(each.id().toString(), used.plus(UNUSED));
          }
        }
      }
      case EXPIRING_WITHOUT_POLICY -> {
        for (Credential each : credentials) {
          Instant end = each.expiresAt();
          if (each.isInUse()
              && end != null
              && !end.isBefore(now)
              && end.isBefore(now.plus(EXPIRING))
              && !covered.contains(each.subject())) {
            Instant near = end.minus(EXPIRING);
            all.put(
                each.id().toString(), near.isBefore(each.recordedAt()) ? each.recordedAt() : near);
          }
        }
      }
      case MADE_PAST_REKEY -> {
        for (Credential each : credentials) {
          if (each.isLive() && each.origin().equals("DISCOVERED")) {
            all.put(each.id().toString(), each.recordedAt());
          }
        }
      }
      case TWO_LIVE ->
          credentials.stream()
              .filter(each -> each.status().equals("ACTIVE"))
              .collect(groupingBy(Credential::about))
              .forEach(
                  (about, of) -> {
                    if (of.size() > 1 && rotations.stream().noneMatch(r -> isOpen(r, about))) {
                      all.put(about, of.stream().map(Credential::born).sorted().toList().get(1));
                    }
                  });
      case DELIVERY_FAILED ->
          rotations.stream()
              .filter(r -> r.delivery() != null && !r.delivery().state().equals("SUPERSEDED"))
              .collect(groupingBy(Rotation::about))
              .forEach(
                  (about, of) -> {
                    Rotation last =
                        of.stream().max(Comparator.comparing(Rotation::requestedAt)).get();
                    Delivery delivery = Objects.requireNonNull(last.delivery());
                    boolean isFailed =
                        delivery.state().equals("PARKED")
                            || (delivery.state().equals("OUTSTANDING")
                                && delivery.failure() != null);
                    boolean isOver =
                        rotations.stream()
                            .anyMatch(
                                r ->
                                    r.about().equals(about)
                                        && r.state().equals("SUCCEEDED")
                                        && r.requestedAt().isAfter(last.requestedAt()));
                    boolean isInUse =
                        credentials.stream().anyMatch(c -> c.about().equals(about) && c.isLive());
                    if (isFailed && !isOver && isInUse) {
                      all.put(about, delivery.reservedAt());
                    }
                  });
      case SHOWN_TO_PERSON -> {
        for (Rotation each : rotations) {
          Delivery delivery = each.delivery();
          boolean isShown =
              delivery == null || (delivery.mode().equals("ALSO") && delivery.mints() == 1);
          boolean isUsed =
              credentials.stream().anyMatch(c -> c.id().equals(each.credential()) && c.isInUse());
          if (each.state().equals("SUCCEEDED")
              && each.actorKind().equals("person")
              && isShown
              && isUsed) {
            all.put(
                String.valueOf(each.credential()),
                each.deliveredAt() == null
                    ? Objects.requireNonNull(each.closedAt())
                    : each.deliveredAt());
          }
        }
      }
      case NO_OWNER ->
          credentials.stream()
              .filter(each -> each.isLive() && !OWNED.contains(each.subject()))
              .forEach(
                  each ->
                      all.merge(each.about(), each.recordedAt(), (a, b) -> a.isBefore(b) ? a : b));
    }
    return all;
  }

  private static boolean isOpen(Rotation rotation, String about) {
    return rotation.about().equals(about)
        && (rotation.state().equals("PENDING")
            || rotation.state().equals("UNKNOWN")
            || (rotation.state().equals("SUCCEEDED")
                && rotation.replaces() != null
                && rotation.confirmedAt() == null
                && rotation.revertedAt() == null));
  }

  /** As one replica does, at the time of the round. */
  private void compute() {
    var schedule =
        new RotationSchedule() {
          @Override
          public Set<String> subjects() {
            return covered;
          }

          @Override
          public Map<UUID, NextRotation> of(Collection<String> subjects, Instant at) {
            var next = new HashMap<UUID, NextRotation>();
            due.forEach(
                (id, time) -> next.put(id, new NextRotation(time, null, WaitsFor.TURN, false)));
            return next;
          }
        };
    var ledger =
        new FindingLedger(
            jdbc,
            new Detection(SETTINGS, schedule, owners, upstreams),
            audit,
            Clock.fixed(now, ZoneOffset.UTC));
    var transaction = new TransactionTemplate(transactions);
    for (FindingKind kind : FindingKind.values()) {
      boolean isMore;
      do {
        isMore = Objects.requireNonNull(transaction.execute(_ -> ledger.compute(kind, 7)));
      } while (isMore);
    }
  }

  private void fill() {
    covered = Set.copyOf(SUBJECTS.stream().filter(_ -> random.nextInt(4) == 0).toList());
    credentials = Stream.generate(() -> credential(UUID.randomUUID())).limit(CREDENTIALS).toList();
    credentials.forEach(FindingPropertyIT::insert);
    due = dueTimes();
    var some = new ArrayList<Rotation>();
    for (int i = 0; i < ROTATIONS; i++) {
      some.add(rotation(credentials.get(i % CREDENTIALS)));
    }
    rotations = List.copyOf(some);
    rotations.forEach(FindingPropertyIT::insert);
  }

  private Map<UUID, Instant> dueTimes() {
    var times = new HashMap<UUID, Instant>();
    credentials.stream()
        .filter(_ -> random.nextInt(6) == 0)
        .forEach(each -> times.put(each.id(), now.plus(days(-30, 30))));
    return Map.copyOf(times);
  }

  private void change() {
    now = now.plus(days(0, 40));
    var changed = new ArrayList<Credential>();
    for (Credential each : credentials) {
      if (random.nextBoolean()) {
        changed.add(each);
        continue;
      }
      Credential other = credential(each.id());
      var next =
          new Credential(
              each.id(),
              each.upstream(),
              each.subject(),
              other.status(),
              other.origin(),
              other.createdAt(),
              other.expiresAt(),
              other.policyExpiresAt(),
              other.lastUsedAt(),
              each.recordedAt(),
              random.nextInt(5) == 0 ? credentials.getFirst().id() : null);
      changed.add(next);
      update(next);
    }
    credentials = List.copyOf(changed);
    due = dueTimes();
  }

  private Credential credential(UUID id) {
    String subject = one(SUBJECTS);
    return new Credential(
        id,
        subject.startsWith("apps/") ? "conductorone" : "keycard",
        subject,
        one(List.of("ACTIVE", "ACTIVE", "ACTIVE", "RETIRING", "RETIRED", "EXPIRED", "MISSING")),
        one(List.of("MINTED", "MINTED", "DISCOVERED", "ADOPTED")),
        maybe(-500, 0),
        maybe(-20, 60),
        maybe(-100, 300),
        maybe(-200, 0),
        now.plus(days(-500, 0)),
        null);
  }

  private Rotation rotation(Credential credential) {
    String state = one(List.of("SUCCEEDED", "SUCCEEDED", "SUCCEEDED", "PENDING", "REJECTED"));
    Instant requested = now.plus(days(-100, 0));
    boolean isDone = state.equals("SUCCEEDED");
    return new Rotation(
        UUID.randomUUID(),
        credential.upstream(),
        credential.subject(),
        state,
        one(List.of("caller", "person", "system")),
        requested,
        state.equals("PENDING") ? null : requested.plusSeconds(3),
        isDone ? credential.id() : null,
        isDone && random.nextBoolean() ? requested.plusSeconds(4) : null,
        isDone && random.nextInt(4) == 0 ? credential.id() : null,
        random.nextInt(3) == 0 ? requested.plusSeconds(9) : null,
        random.nextInt(5) == 0 ? requested.plusSeconds(9) : null,
        random.nextInt(3) == 0 ? delivery(requested) : null);
  }

  private Delivery delivery(Instant requested) {
    return new Delivery(
        one(List.of("ONLY", "ALSO")),
        one(List.of("RESERVED", "OUTSTANDING", "DELIVERED", "PARKED", "PARKED", "SUPERSEDED")),
        1 + random.nextInt(2),
        random.nextBoolean() ? "it failed" : null,
        requested.plusSeconds(1));
  }

  private <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private @Nullable Instant maybe(int fromDays, int toDays) {
    return random.nextInt(3) == 0 ? null : now.plus(days(fromDays, toDays));
  }

  private Duration days(int from, int to) {
    return Duration.ofSeconds(random.nextLong(from * 86_400L, to * 86_400L));
  }

  private static void insert(Credential each) {
    query(
        """
        insert into credential (
          id, upstream, subject, upstream_id, status, origin, created_at, expires_at,
          policy_expires_at, last_used_at, recorded_at, observed_at, version)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, now(), 0) returning 1
        """,
        each.id(),
        each.upstream(),
        each.subject(),
        each.id().toString(),
        each.status(),
        each.origin(),
        sql(each.createdAt()),
        sql(each.expiresAt()),
        sql(each.policyExpiresAt()),
        sql(each.lastUsedAt()),
        sql(each.recordedAt()));
  }

  private static void update(Credential each) {
    query(
        """
        update credential set status = ?, origin = ?, created_at = ?, expires_at = ?,
          policy_expires_at = ?, last_used_at = ?, replaced_by = ?
        where id = ? returning 1
        """,
        each.status(),
        each.origin(),
        sql(each.createdAt()),
        sql(each.expiresAt()),
        sql(each.policyExpiresAt()),
        sql(each.lastUsedAt()),
        each.replacedBy(),
        each.id());
  }

  private static void insert(Rotation each) {
    query(
        """
        insert into rotation (
          id, upstream, subject, target, state, actor_kind, actor_id, requested_at, closed_at,
          credential_id, delivered_at, replaces, confirmed_at, reverted_at)
        values (?, ?, ?, ?, ?, ?, 'somebody', ?, ?, ?, ?, ?, ?, ?) returning 1
        """,
        each.id(),
        each.upstream(),
        each.subject(),
        each.id().toString(),
        each.state(),
        each.actorKind(),
        sql(each.requestedAt()),
        sql(each.closedAt()),
        each.credential(),
        sql(each.deliveredAt()),
        each.replaces(),
        sql(each.confirmedAt()),
        sql(each.revertedAt()));
    Delivery delivery = each.delivery();
    if (delivery != null) {
      query(
          """
          insert into rotation_attempt (
            id, rotation_id, number, state, started_at, closed_at, lease_until)
          values (?, ?, 1, 'SUCCEEDED', now(), now(), now()) returning 1
          """,
          each.id(),
          each.id());
      query(
          """
          insert into secret_delivery (
            rotation_id, attempt_id, target, place, mode, state, mints, last_failure, reserved_at)
          values (?, ?, ?, 'a place', ?, ?, ?, ?, ?) returning 1
          """,
          each.id(),
          each.id(),
          each.id().toString(),
          delivery.mode(),
          delivery.state(),
          delivery.mints(),
          delivery.failure(),
          sql(delivery.reservedAt()));
    }
  }

  private static @Nullable OffsetDateTime sql(@Nullable Instant time) {
    return time == null ? null : OffsetDateTime.ofInstant(time, ZoneOffset.UTC);
  }
}
