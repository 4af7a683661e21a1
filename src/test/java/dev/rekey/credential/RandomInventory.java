package dev.rekey.credential;

import dev.rekey.platform.Ids;
import dev.rekey.platform.query.SqlTime;
import dev.rekey.platform.query.TimeRange;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.text.Normalizer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Random credentials and searches, and the expected result and order of a search, without SQL. */
final class RandomInventory {

  static final Map<String, List<String>> GRANTED =
      Map.of(
          "payments",
          List.of("apps/crm/connectors/okta", "organizations/acme/service-accounts/checkout"),
          "search",
          List.of("apps/crm/connectors/github", "organizations/acme/service-accounts/indexer"),
          "nobody",
          List.of());

  private static final String OTHERS = "apps/p_" + UUID.randomUUID() + "/";
  private static final List<String> SUBJECTS =
      Stream.concat(
              GRANTED.values().stream().flatMap(List::stream).sorted(),
              Stream.of(
                  OTHERS + "connectors/one",
                  OTHERS + "connectors/one-more",
                  OTHERS.replace('_', 'x') + "connectors/one",
                  OTHERS + "connectors/Two"))
          .toList();
  private static final List<String> NAMES =
      List.of(
          "ci",
          "CI",
          "Ci-2",
          "_ci",
          "zebra",
          "Zebra",
          "größe",
          "gro\u0308ße",
          "grün 🌱",
          "n".repeat(300),
          "0");
  private static final List<String> DESCRIPTIONS =
      List.of("50%_sure", "back\\slash", "two\nlines", "for the größe of it", "Nightly CI");
  private static final List<String> TEXTS =
      List.of(
          "zeb",
          "ZEBRA",
          "0%_s",
          "ack\\sl",
          "größ",
          "GRO\u0308SSE".replace("SS", "ß"),
          "n".repeat(200),
          "nec",
          "one-",
          "cli-1",
          "nightly",
          "two lines",
          "x__x",
          "%%%",
          "CRM",
          "p_-");
  private static final int MOMENTS = 40;

  // Far from now, so that no job of Rekey changes them.
  private final Instant start =
      Instant.now().truncatedTo(ChronoUnit.DAYS).plus(900, ChronoUnit.DAYS).plusSeconds(4711);
  private final Random random;

  RandomInventory(long seed) {
    this.random = new Random(seed);
  }

  record Row(
      UUID id,
      String upstream,
      String subject,
      String upstreamId,
      @Nullable String clientId,
      @Nullable String name,
      @Nullable String description,
      CredentialStatus status,
      CredentialOrigin origin,
      @Nullable Instant createdAt,
      @Nullable Instant expiresAt,
      @Nullable Instant policyExpiresAt,
      @Nullable Instant lastUsedAt,
      Instant recordedAt) {

    private @Nullable Instant endsAt() {
      return expiresAt == null ? policyExpiresAt : expiresAt;
    }

    private Instant idleSince() {
      return lastUsedAt != null ? lastUsedAt : Objects.requireNonNullElse(createdAt, recordedAt);
    }

    private boolean says(String text) {
      String[] parts = subject.split("/", -1);
      return Stream.of(name, description, clientId, upstreamId, parts[1], parts[3])
          .filter(Objects::nonNull)
          .anyMatch(each -> composed(each).contains(composed(text)));
    }

    private static String composed(String text) {
      return Normalizer.normalize(text, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
    }

    private Instant made() {
      return Objects.requireNonNullElse(createdAt, recordedAt);
    }

    private boolean isOverdue() {
      return status.isLive() && endsAt() != null && endsAt().isBefore(Instant.now());
    }
  }

  /** A random search; a part that is null, empty or unbounded does not restrict it. */
  record Search(
      List<String> upstreams,
      List<String> subjects,
      List<String> teams,
      List<CredentialStatus> statuses,
      List<CredentialOrigin> origins,
      TimeRange created,
      TimeRange expires,
      @Nullable Instant notUsedSince,
      @Nullable Boolean overdue,
      @Nullable String q,
      @Nullable String sort) {

    boolean matches(Row row) {
      return (upstreams.isEmpty() || upstreams.contains(row.upstream()))
          && (subjects.isEmpty()
              || subjects.stream().anyMatch(each -> isOrStarts(each, row.subject())))
          && (teams.isEmpty()
              || teams.stream()
                  .anyMatch(team -> GRANTED.getOrDefault(team, List.of()).contains(row.subject())))
          && (statuses.isEmpty() || statuses.contains(row.status()))
          && (origins.isEmpty() || origins.contains(row.origin()))
          && isIn(created, row.made())
          && isIn(expires, row.endsAt())
          && (overdue == null || overdue == row.isOverdue())
          && (notUsedSince == null || row.idleSince().isBefore(notUsedSince))
          && (q == null || row.says(q));
    }

    private static boolean isIn(TimeRange range, @Nullable Instant time) {
      return range.equals(TimeRange.UNBOUNDED)
          || (time != null
              && (range.from() == null || !time.isBefore(range.from()))
              && (range.to() == null || time.isBefore(range.to())));
    }

    private static boolean isOrStarts(String wanted, String subject) {
      return wanted.endsWith("*")
          ? subject.startsWith(wanted.substring(0, wanted.length() - 1))
          : subject.equals(wanted);
    }

    /** Returns the value that orders a row; may be null. */
    @Nullable Object key(Row row) {
      return switch (field()) {
        case "recordedAt" -> row.recordedAt();
        case "createdAt" -> row.createdAt();
        case "expiresAt" -> row.endsAt();
        case "lastUsedAt" -> row.lastUsedAt();
        case "subject" -> row.subject();
        case "displayName" -> row.name() == null ? null : folded(row.name());
        default -> throw new IllegalStateException(field());
      };
    }

    Comparator<Row> order() {
      Function<Row, @Nullable Object> key = this::key;
      Comparator<Object> keys = RandomInventory::compare;
      Comparator<Row> ids = Comparator.comparing(row -> row.id().toString());
      boolean down = sort == null || sort.startsWith("-");
      return Comparator.comparing(key, Comparator.nullsLast(down ? keys.reversed() : keys))
          .thenComparing(down ? ids.reversed() : ids);
    }

    private String field() {
      return sort == null ? "recordedAt" : sort.replace("-", "");
    }

    private static String folded(String name) {
      int end = name.offsetByCodePoints(0, Math.min(200, name.codePointCount(0, name.length())));
      return name.substring(0, end)
          .chars()
          .map(c -> c >= 'A' && c <= 'Z' ? c + 32 : c)
          .mapToObj(c -> "" + (char) c)
          .collect(Collectors.joining());
    }
  }

  private static int compare(Object one, Object other) {
    return one instanceof Instant time
        ? time.compareTo((Instant) other)
        : Arrays.compareUnsigned(
            one.toString().getBytes(StandardCharsets.UTF_8),
            other.toString().getBytes(StandardCharsets.UTF_8));
  }

  Row row() {
    String subject = one(SUBJECTS);
    return changed(
        new Row(
            Ids.next(),
            subject.startsWith("apps/") ? "conductorone" : "keycard",
            subject,
            "cred-" + UUID.randomUUID(),
            null,
            null,
            null,
            CredentialStatus.ACTIVE,
            CredentialOrigin.MINTED,
            perhaps(moment()),
            null,
            null,
            null,
            moment()));
  }

  /** Returns the row with other values of the fields that can change. */
  Row changed(Row row) {
    return new Row(
        row.id(),
        row.upstream(),
        row.subject(),
        row.upstreamId(),
        perhaps("cli-" + random.nextInt(30)),
        perhaps(one(NAMES)),
        perhaps(one(DESCRIPTIONS)),
        one(List.of(CredentialStatus.values())),
        one(List.of(CredentialOrigin.values())),
        row.createdAt(),
        perhaps(moment()),
        perhaps(moment()),
        perhaps(moment()),
        row.recordedAt());
  }

  Search search() {
    String subject = rarely(SUBJECTS);
    String field =
        one(
            List.of(
                "recordedAt", "createdAt", "expiresAt", "lastUsedAt", "subject", "displayName"));
    return new Search(
        some(List.of("keycard", "conductorone")),
        subjects(subject),
        some(GRANTED.keySet().stream().sorted().toList()),
        Arrays.stream(CredentialStatus.values()).filter(_ -> random.nextInt(6) == 0).toList(),
        some(List.of(CredentialOrigin.values())),
        range(),
        range(),
        random.nextInt(5) == 0 ? moment() : null,
        rarely(List.of(true, false, false)),
        rarely(TEXTS),
        random.nextInt(13) == 0 ? null : (random.nextBoolean() ? "-" : "") + field);
  }

  private List<String> subjects(@Nullable String subject) {
    if (subject == null) {
      return List.of();
    }
    String first = random.nextBoolean() ? subject : cut(subject) + "*";
    return random.nextInt(3) > 0 ? List.of(first) : List.of(first, one(SUBJECTS));
  }

  private TimeRange range() {
    Instant from = random.nextInt(8) == 0 ? moment() : null;
    Instant to = random.nextInt(8) == 0 ? moment() : null;
    return from != null && to != null && !from.isBefore(to)
        ? TimeRange.UNBOUNDED
        : new TimeRange(from, to);
  }

  /** Inserts or updates rows. */
  static void write(Connection connection, List<Row> rows) throws SQLException {
    try (var insert =
        connection.prepareStatement(
            """
            insert into credential (
              id, upstream, subject, upstream_id, client_id, display_name, description, status,
              origin, created_at, expires_at, policy_expires_at, last_used_at, recorded_at,
              observed_at, version)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, now(), 0)
            on conflict (id) do update set client_id = excluded.client_id,
              display_name = excluded.display_name, description = excluded.description,
              status = excluded.status, origin = excluded.origin,
              expires_at = excluded.expires_at, policy_expires_at = excluded.policy_expires_at,
              last_used_at = excluded.last_used_at
            """)) {
      for (Row row : rows) {
        List<@Nullable Object> values =
            Arrays.asList(
                row.id(),
                row.upstream(),
                row.subject(),
                row.upstreamId(),
                row.clientId(),
                row.name(),
                row.description(),
                row.status().name(),
                row.origin().name(),
                time(row.createdAt()),
                time(row.expiresAt()),
                time(row.policyExpiresAt()),
                time(row.lastUsedAt()),
                time(row.recordedAt()));
        for (int i = 0; i < values.size(); i++) {
          insert.setObject(i + 1, values.get(i));
        }
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  private static @Nullable Object time(@Nullable Instant time) {
    return time == null ? null : SqlTime.of(time);
  }

  int upTo(int most) {
    return 1 + random.nextInt(most);
  }

  <T> T one(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  private Instant moment() {
    return start.plus(random.nextInt(MOMENTS), ChronoUnit.MICROS);
  }

  private <T> @Nullable T perhaps(T value) {
    return random.nextInt(3) == 0 ? null : value;
  }

  private <T> @Nullable T rarely(List<T> values) {
    return random.nextInt(6) == 0 ? one(values) : null;
  }

  private <T> List<T> some(List<T> values) {
    T one = rarely(values);
    if (one == null) {
      return List.of();
    }
    return random.nextInt(3) > 0 ? List.of(one) : List.of(one, one(values));
  }

  private String cut(String subject) {
    return subject.substring(0, subject.length() - random.nextInt(20));
  }
}
