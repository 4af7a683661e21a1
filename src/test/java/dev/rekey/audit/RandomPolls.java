package dev.rekey.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rekey.audit.FilterField.Form;
import java.net.URLEncoder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Random requests of the routes that clients can revalidate, in turn. */
final class RandomPolls {

  static final List<String> SUBJECTS =
      List.of(
          "apps/crm/connectors/okta",
          "apps/crm/connectors/github",
          "organizations/acme/service-accounts/checkout",
          "organizations/acme/service-accounts/indexer");
  static final List<String> TYPES =
      List.of("access.denied", "rotation.requested", "rotation.succeeded");
  static final List<String> OUTCOMES = List.of("succeeded", "denied");
  static final List<String> ACTORS = List.of("ann", "ben");
  static final List<String> TEAMS = List.of("payments", "search");

  private static final Set<Form> ENUMERATION =
      Set.of(Form.EXCEPT, Form.PREFIX, Form.ANY_CASE, Form.COMMAS);
  private static final FilterField UPSTREAM =
      new FilterField(
          "upstream",
          List.of("keycard", "conductorone"),
          Set.of(Form.EXCEPT, Form.ANY_CASE, Form.COMMAS));
  private static final FilterField SUBJECT =
      new FilterField("subject", SUBJECTS, Set.of(Form.EXCEPT, Form.PREFIX, Form.COMMAS));
  private static final FilterField TEAM = new FilterField("team", TEAMS, Set.of(Form.EXCEPT));
  private static final List<String> STATES = List.of("SUCCEEDED", "REJECTED", "UNKNOWN", "PENDING");
  private static final List<FilterField> OF_COUNTS =
      List.of(
          new FilterField("type", TYPES, ENUMERATION),
          new FilterField("outcome", OUTCOMES, Set.of(Form.values())),
          TEAM,
          UPSTREAM,
          SUBJECT);
  private static final List<FilterField> OF_EVENTS =
      Stream.concat(
              OF_COUNTS.stream(), Stream.of(new FilterField("actor", ACTORS, Set.of(Form.EXCEPT))))
          .toList();
  private static final List<FilterField> OF_ROTATIONS =
      List.of(new FilterField("state", STATES, ENUMERATION), TEAM, UPSTREAM, SUBJECT);
  private static final List<FilterField> OF_COUNTED_ROTATIONS =
      List.of(new FilterField("outcome", STATES, ENUMERATION), TEAM, UPSTREAM, SUBJECT);
  private static final List<FilterField> OF_CREDENTIALS =
      List.of(
          new FilterField("status", List.of("ACTIVE", "RETIRING", "RETIRED"), ENUMERATION),
          new FilterField("origin", List.of("MINTED", "DISCOVERED"), ENUMERATION),
          new FilterField("team", TEAMS, Set.of()),
          UPSTREAM,
          SUBJECT);

  private static final List<String> ZONES =
      List.of("UTC", "Europe/Berlin", "Asia/Kolkata", "+05:45", "America/Havana");
  private static final int ONE_DAY = 86_400;

  private final Random random;
  private final Ids ids;
  private int made;

  /** Finds an id on a page that a caller sees; null if it is empty. */
  interface Ids {

    @Nullable String any(String caller, String page);
  }

  /** The routes. */
  enum Kind {
    SEARCH,
    EVENT,
    COUNTS,
    COUNTS_OF_ROTATIONS,
    CREDENTIALS,
    CREDENTIAL,
    TIMELINE,
    ROTATIONS,
    ROTATION,
    SUMMARY,
    TEAM_SUMMARY,
    CHECKPOINTS
  }

  /**
   * One caller's request.
   *
   * @param accept the media type that the caller accepts
   */
  record Poll(Kind kind, String caller, String path, String accept) {

    /** Whether a rotation can be pending between two requests, and then be as before. */
    boolean canChangeBack() {
      return switch (kind) {
        case COUNTS_OF_ROTATIONS, ROTATIONS, SUMMARY, CREDENTIALS, CREDENTIAL -> true;
        default -> false;
      };
    }
  }

  RandomPolls(Random random, Ids ids) {
    this.random = random;
    this.ids = ids;
  }

  Poll next(List<String> callers) {
    // Searches and counts have the most parameters.
    Kind kind = Kind.values()[made % Kind.values().length];
    if (made++ % 5 == 4) {
      kind = one(List.of(Kind.SEARCH, Kind.COUNTS));
    }
    String caller = one(callers);
    String path = path(kind, caller);
    boolean isOcsf = kind == Kind.SEARCH && !path.contains("fields=") && random.nextBoolean();
    return new Poll(kind, caller, path, isOcsf ? EventFormat.OCSF_VALUE : "application/json");
  }

  private String path(Kind kind, String caller) {
    return switch (kind) {
      case SEARCH -> search();
      case EVENT -> one(caller, "/api/v1/audit-events", "");
      case COUNTS -> counts("events", OF_COUNTS, List.of("type", "outcome", "actor", "subject"));
      case COUNTS_OF_ROTATIONS ->
          counts("rotations", OF_COUNTED_ROTATIONS, List.of("outcome", "team", "actor"));
      case CREDENTIALS -> credentials();
      case CREDENTIAL -> one(caller, "/api/v1/credentials", "");
      case TIMELINE -> one(caller, "/api/v1/credentials", "/timeline");
      case ROTATIONS ->
          "/api/v1/rotations?"
              + page(List.of("id", "state", "requestedBy.team", "attempts.state", "closedAt"))
              + RandomFilter.of(OF_ROTATIONS, 4, random).parameters()
              + sometimes("from", Instant.now().minusSeconds(random.nextInt(ONE_DAY)));
      case ROTATION -> one(caller, "/api/v1/rotations", "");
      case SUMMARY -> "/api/v1/summary?timeZone=" + encoded(one(ZONES));
      case TEAM_SUMMARY -> "/api/v1/summary/teams" + one(List.of("", "?team=search"));
      case CHECKPOINTS -> "/api/v1/audit-checkpoints?limit=" + limit();
    };
  }

  private String search() {
    return "/api/v1/audit-events?"
        + page(List.of("id", "seq", "type", "occurredAt", "actor.id", "actor.team", "outcome"))
        + RandomFilter.of(OF_EVENTS, 5, random).parameters()
        + sometimes("q", one(List.of("ann", "DEN", "rotation.req", "okta", "pay sea", "check")))
        + time();
  }

  private String counts(String series, List<FilterField> fields, List<String> dimensions) {
    List<String> groups = some(dimensions, 3);
    return "/api/v1/audit-events/aggregate?series="
        + series
        + RandomFilter.of(fields, 4, random).parameters()
        + (groups.isEmpty() ? "" : "&groupBy=" + String.join(",", groups))
        + (groups.isEmpty() ? "" : sometimes("top", 1 + random.nextInt(3)))
        + sometimes("bucket", one(List.of("5m", "15m", "1h", "1d", "1w", "auto")))
        + sometimes("shape", one(List.of("columns", "rows", "totals")))
        + sometimes("timeZone", one(ZONES))
        + time();
  }

  private String credentials() {
    return "/api/v1/credentials?"
        + page(List.of("id", "status", "lastUsedAt", "origin", "displayName"))
        + RandomFilter.of(OF_CREDENTIALS, 5, random).parameters()
        + sometimes("sort", one(List.of("lastUsedAt", "-lastUsedAt", "subject", "-expiresAt")))
        + sometimes("q", one(List.of("okta", "check", "n-1")))
        + (random.nextInt(4) == 0 ? "&overdue=" + random.nextBoolean() : "");
  }

  /** Limit, members and total of a page. */
  private String page(List<String> members) {
    List<String> fields = some(members, 4);
    return "limit="
        + limit()
        + (fields.isEmpty() ? "" : "&fields=" + String.join(",", fields))
        + sometimes("total", "estimate");
  }

  /** Neither end, one or both; there are events before, between and after them. */
  private String time() {
    Instant now = Instant.now();
    return sometimes("from", now.minusSeconds(ONE_DAY / 2 + random.nextInt(ONE_DAY / 2)))
        + sometimes("to", now.minusSeconds(random.nextInt(ONE_DAY / 4)).plusSeconds(3_600));
  }

  private String one(String caller, String list, String rest) {
    String id = ids.any(caller, list + "?limit=100&fields=id");
    return id == null ? list : list + "/" + id + rest;
  }

  private int limit() {
    return one(List.of(1, 2, 5, 50));
  }

  private String sometimes(String name, Object value) {
    return random.nextInt(3) == 0 ? "&" + name + "=" + encoded(value.toString()) : "";
  }

  /** Fewer than so many of these, in any order. */
  private List<String> some(List<String> of, int bound) {
    var shuffled = new ArrayList<>(of);
    Collections.shuffle(shuffled, random);
    return shuffled.subList(0, random.nextInt(bound));
  }

  private <T> T one(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8);
  }
}
