package dev.rekey.audit;

import static dev.rekey.run.Json.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.platform.Ids;
import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import dev.rekey.run.PostgresServer;
import java.net.URLEncoder;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A response is 304 exactly if its body would be that of the response with the ETag: for random
 * requests of several callers, while random things happen and the sealer runs.
 */
class RevalidationPropertyIT extends RekeyIT {

  private static final long SEED = 20261201;
  private static final int STEPS = 300;

  private static final List<String> CALLERS = List.of("auditor", "payments", "search");
  private static final List<String> SUBJECTS =
      List.of(
          OKTA_SUBJECT,
          "apps/crm/connectors/github",
          "organizations/acme/service-accounts/checkout",
          "organizations/acme/service-accounts/indexer");

  private final Random random = new Random(SEED);
  private final Map<String, Http> callers = new HashMap<>();
  private final Map<Request, Answer> known = new HashMap<>();
  private final Map<Result, Integer> results = new EnumMap<>(Result.class);

  private Connection service;

  /** One caller's request. */
  private record Request(String caller, String path) {}

  private enum Result {
    /** The first request of its kind. */
    FIRST,
    /** The body was the same, and the response 304. */
    SAME,
    /** The body was another one, and the response had it. */
    CHANGED,
    /** The body changed while it was compared. */
    UNCLEAR
  }

  @BeforeEach
  void connect() throws SQLException {
    CALLERS.forEach(caller -> callers.put(caller, as(caller)));
    service = postgres().connect(PostgresServer.SERVICE);
  }

  @AfterEach
  void disconnect() throws SQLException {
    service.close();
  }

  @Test
  void notModifiedExactlyIfTheBodyWouldBeTheSame() throws SQLException {
    assertThat(keyed("payments").post(CHECKOUT, json("name", "n-" + UUID.randomUUID())).status())
        .isEqualTo(201);
    for (int step = 0; step < STEPS; step++) {
      if (random.nextInt(3) == 0) {
        happen();
      }
      var request = new Request(one(CALLERS), one(paths()));
      results.merge(compare(request), 1, Integer::sum);
    }
    assertThat(results.get(Result.SAME)).as("%s", results).isGreaterThan(STEPS / 5);
    assertThat(results.get(Result.CHANGED)).as("%s", results).isGreaterThan(STEPS / 20);
    assertThat(results.getOrDefault(Result.UNCLEAR, 0)).as("%s", results).isLessThan(STEPS / 5);
  }

  private Result compare(Request request) {
    Answer old = known.get(request);
    Answer before = get(request, null);
    known.put(request, before);
    if (old == null) {
      return Result.FIRST;
    }
    String tag = Objects.requireNonNull(old.header("ETag"));
    Answer conditional = get(request, tag);
    Answer after = get(request, null);
    if (!body(before).equals(body(after))) {
      return Result.UNCLEAR;
    }
    if (body(old).equals(body(after))) {
      assertThat(conditional.status()).as("%s", request).isEqualTo(304);
      assertThat(conditional.header("ETag")).isEqualTo(tag);
      assertThat(body(conditional)).isEmpty();
      return Result.SAME;
    }
    assertThat(conditional.status()).as("%s", request).isEqualTo(200);
    assertThat(body(conditional)).as("%s", request).isEqualTo(body(after));
    assertThat(conditional.header("ETag")).as("%s", request).isNotEqualTo(tag);
    return Result.CHANGED;
  }

  private Answer get(Request request, @Nullable String tag) {
    Http client = Objects.requireNonNull(callers.get(request.caller()));
    Answer answer = (tag == null ? client : client.with("If-None-Match", tag)).get(request.path());
    assertThat(answer.status()).as("%s: %s", request, answer.raw().body()).isIn(200, 304);
    return answer;
  }

  private static String body(Answer answer) {
    return answer.raw().body();
  }

  private void happen() throws SQLException {
    switch (random.nextInt(8)) {
      case 0 -> keyed("payments").post(CHECKOUT, json("name", "n-" + UUID.randomUUID()));
      case 1 -> as("search").post(ROTATE, OKTA);
      case 2 ->
          execute(
              "update credential set last_used_at = clock_timestamp() where id ="
                  + " (select id from credential order by random() limit 1)");
      default -> append();
    }
  }

  /** Appends events as the service does, some of them in the past. */
  private void append() throws SQLException {
    service.setAutoCommit(false);
    try (var insert =
        service.prepareStatement(
            "insert into audit_event (id, type, occurred_at, outcome, actor_id, actor_team,"
                + " actor_kind, upstream, subject, changes)"
                + " values (?, ?, ?::timestamptz, ?, ?, ?, 'caller', ?, ?, '[]')")) {
      for (int i = 0; i <= random.nextInt(3); i++) {
        String subject = random.nextInt(5) == 0 ? null : one(SUBJECTS);
        List<@Nullable Object> values =
            Arrays.asList(
                Ids.next(),
                one(List.of("access.denied", "rotation.requested", "rotation.succeeded")),
                Instant.now().minusSeconds(random.nextInt(100_000)).toString(),
                one(List.of("succeeded", "denied")),
                one(List.of("ann", "ben")),
                one(List.of("payments", "search")),
                subject == null ? null : subject.startsWith("apps") ? "conductorone" : "keycard",
                subject);
        for (int column = 0; column < values.size(); column++) {
          insert.setObject(column + 1, values.get(column));
        }
        insert.addBatch();
      }
      insert.executeBatch();
      service.commit();
    }
  }

  private List<String> paths() {
    var paths = new ArrayList<String>();
    for (String filter :
        List.of(
            "",
            "outcome=denied",
            "type=access.denied&limit=3",
            "subject=" + URLEncoder.encode(one(SUBJECTS), UTF_8),
            "team=payments",
            "q=ann",
            "fields=type,actor.id&limit=3",
            "format=ocsf&limit=2",
            "limit=1")) {
      paths.add("/api/v1/audit-events?" + filter);
    }
    Instant midnight = Instant.now().truncatedTo(ChronoUnit.DAYS);
    String day = "from=" + midnight + "&to=" + midnight.plus(1, ChronoUnit.DAYS);
    paths.add("/api/v1/audit-events/aggregate?" + day);
    paths.add("/api/v1/audit-events/aggregate?groupBy=type,outcome&bucket=5m&" + day);
    paths.addAll(
        List.of(
            "/api/v1/credentials",
            "/api/v1/credentials?status=ACTIVE&sort=lastUsedAt&limit=2",
            "/api/v1/credentials?fields=status,lastUsedAt&total=estimate&limit=3",
            "/api/v1/rotations?fields=state&total=estimate&limit=2",
            "/api/v1/rotations?limit=5",
            "/api/v1/rotations?state=SUCCEEDED",
            "/api/v1/audit-checkpoints?limit=2"));
    return paths;
  }

  private <T> T one(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }
}
