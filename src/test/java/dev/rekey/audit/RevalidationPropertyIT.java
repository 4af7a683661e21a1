package dev.rekey.audit;

import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.audit.RandomPolls.Kind;
import dev.rekey.audit.RandomPolls.Poll;
import dev.rekey.platform.Ids;
import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import dev.rekey.run.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * A response is 304 exactly if its body would be that of the response with the ETag: for random
 * requests of several callers, while other threads append events and rotate credentials, and the
 * sealer runs.
 */
class RevalidationPropertyIT extends RekeyIT {

  private static final long SEED = 20261201;
  private static final int STEPS = 300;

  /** Each of them is polled several times. */
  private static final int POLLS = 12;

  private static final List<String> CALLERS = List.of("auditor", "payments", "search");

  private final Random random = new Random(SEED);
  private final RandomPolls requests = new RandomPolls(random, this::anyId);
  private final Map<String, Http> callers = new HashMap<>();
  private final List<Poll> polls = new ArrayList<>();
  private final Map<Poll, Answer> known = new HashMap<>();
  private final Map<Tagged, String> bodies = new HashMap<>();
  private final List<Future<?>> changes = new ArrayList<>();
  private final Map<Kind, Map<Result, Integer>> results = new EnumMap<>(Kind.class);

  /** A representation of what a request asks for. */
  private record Tagged(Poll poll, String tag) {}

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
  void connect() {
    CALLERS.forEach(caller -> callers.put(caller, as(caller)));
    keyed("payments").post(CHECKOUT, json("name", "n-" + UUID.randomUUID()));
    keyed("search").post(ROTATE, json("appId", "crm", "connectorId", "github"));
    keyed("payments").post(ROTATE, OKTA);
  }

  @Test
  void notModifiedExactlyIfTheBodyWouldBeTheSame() throws Exception {
    try (ExecutorService writers = Executors.newFixedThreadPool(2)) {
      for (int step = 0; step < STEPS; step++) {
        if (random.nextBoolean()) {
          var seeded = new Random(random.nextLong());
          changes.add(writers.submit(() -> change(seeded)));
        }
        Poll poll = poll();
        results
            .computeIfAbsent(poll.kind(), _ -> new EnumMap<>(Result.class))
            .merge(compare(poll), 1, Integer::sum);
      }
    }
    for (Future<?> change : changes) {
      finish(change);
    }
    int compared = STEPS - count(Result.FIRST);
    assertThat(count(Result.SAME)).as("%s", results).isGreaterThan(compared / 4);
    assertThat(count(Result.CHANGED)).as("%s", results).isGreaterThan(compared / 20);
    assertThat(count(Result.UNCLEAR)).as("%s", results).isLessThan(compared / 4);
    assertThat(results).hasSameSizeAs(Kind.values());
    assertThat(results.values())
        .as("%s", results)
        .allSatisfy(
            ofKind -> assertThat(ofKind.keySet()).containsAnyOf(Result.SAME, Result.CHANGED));
  }

  private static void finish(Future<?> change) throws InterruptedException {
    try {
      change.get();
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    }
  }

  private int count(Result result) {
    return results.values().stream().mapToInt(ofKind -> ofKind.getOrDefault(result, 0)).sum();
  }

  /** One of the polls; sometimes a new one instead of an old one. */
  private Poll poll() {
    if (polls.size() < POLLS) {
      polls.add(requests.next(CALLERS));
      return polls.getLast();
    }
    int index = random.nextInt(POLLS);
    if (random.nextInt(5) == 0) {
      polls.set(index, requests.next(CALLERS));
    }
    return polls.get(index);
  }

  private Result compare(Poll poll) {
    Answer old = known.get(poll);
    Answer before = get(poll, null);
    known.put(poll, before);
    if (old == null) {
      return Result.FIRST;
    }
    Answer conditional = get(poll, tag(old));
    Answer after = get(poll, null);
    known.put(poll, random.nextBoolean() ? before : after);
    if (conditional.status() == 304) {
      assertThat(body(conditional)).isEmpty();
      assertThat(tag(conditional)).as("%s", poll).isEqualTo(tag(old));
      assertThat(conditional.header("Cache-Control")).isEqualTo(before.header("Cache-Control"));
    } else {
      assertThat(body(conditional)).as("%s", poll).isNotEqualTo(body(old));
    }
    return isUnclear(poll, conditional, List.of(old, before, after))
        ? Result.UNCLEAR
        : result(poll, conditional, body(old), after);
  }

  private static boolean isUnclear(Poll poll, Answer conditional, List<Answer> whole) {
    boolean isOther =
        conditional.status() == 200 && !body(conditional).equals(body(whole.getLast()));
    return !body(whole.get(1)).equals(body(whole.getLast()))
        || (poll.canChangeBack() && isOther)
        // Another count may get further, although nothing has changed.
        || whole.stream().anyMatch(answer -> !answer.body().at("/total/exact").asBoolean(true));
  }

  private static Result result(Poll poll, Answer conditional, String old, Answer after) {
    String now = body(after);
    boolean isSame = old.equals(now);
    assertThat(conditional.status()).as("%s: %s, %s", poll, old, now).isEqualTo(isSame ? 304 : 200);
    assertThat(isSame ? now : body(conditional)).as("%s", poll).isEqualTo(now);
    // RFC 9110, 15.4.5
    assertThat(varyBy(conditional)).as("%s", poll).containsAll(varyBy(after));
    return isSame ? Result.SAME : Result.CHANGED;
  }

  private static List<String> varyBy(Answer answer) {
    return answer.raw().headers().allValues("Vary").stream()
        .flatMap(value -> Stream.of(value.toLowerCase(Locale.ROOT).split("\\s*,\\s*", -1)))
        .toList();
  }

  private Answer get(Poll poll, @Nullable String tag) {
    Http client = Objects.requireNonNull(callers.get(poll.caller())).with("Accept", poll.accept());
    Answer answer = (tag == null ? client : client.with("If-None-Match", tag)).get(poll.path());
    assertThat(answer.status()).as("%s: %s", poll, body(answer)).isIn(200, tag == null ? 200 : 304);
    if (answer.status() == 200) {
      String body = bodies.putIfAbsent(new Tagged(poll, tag(answer)), body(answer));
      assertThat(body).as("%s", poll).isIn(null, body(answer));
    }
    return answer;
  }

  private @Nullable String anyId(String caller, String page) {
    List<JsonNode> items =
        List.copyOf(
            Objects.requireNonNull(callers.get(caller)).get(page).body().path("items").values());
    return items.isEmpty() ? null : items.get(random.nextInt(items.size())).path("id").asString();
  }

  private static String tag(Answer answer) {
    return Objects.requireNonNull(answer.header("ETag"));
  }

  private static String body(Answer answer) {
    return answer.raw().body();
  }

  private @Nullable Void change(Random seeded) throws SQLException {
    switch (seeded.nextInt(10)) {
      case 0 -> keyed("payments").post(CHECKOUT, json("name", "n-" + UUID.randomUUID()));
      case 1 -> keyed("payments").post(ROTATE, OKTA);
      case 2 -> as("search").post(ROTATE, OKTA);
      case 3 ->
          execute(
              "update credential set last_used_at = clock_timestamp() where id ="
                  + " (select id from credential order by random() limit 1)");
      default -> append(seeded);
    }
    return null;
  }

  /**
   * Appends events as the service does, some of them in the past. Until it commits or rolls back,
   * other transactions commit, and the sealer seals their events.
   */
  private static void append(Random seeded) throws SQLException {
    try (Connection service = postgres().connect(PostgresServer.SERVICE);
        var insert =
            service.prepareStatement(
                "insert into audit_event (id, type, occurred_at, outcome, actor_id, actor_team,"
                    + " actor_kind, upstream, subject, changes)"
                    + " values (?, ?, ?::timestamptz, ?, ?, ?, 'caller', ?, ?, '[]')");
        var pause = service.prepareStatement("select pg_sleep(?)")) {
      service.setAutoCommit(false);
      for (int i = 0; i <= seeded.nextInt(3); i++) {
        String subject = seeded.nextInt(5) == 0 ? null : one(RandomPolls.SUBJECTS, seeded);
        List<@Nullable Object> values =
            Arrays.asList(
                Ids.next(),
                one(RandomPolls.TYPES, seeded),
                Instant.now().minusSeconds(seeded.nextInt(100_000)).toString(),
                one(RandomPolls.OUTCOMES, seeded),
                one(RandomPolls.ACTORS, seeded),
                one(RandomPolls.TEAMS, seeded),
                subject == null ? null : subject.startsWith("apps") ? "conductorone" : "keycard",
                subject);
        for (int column = 0; column < values.size(); column++) {
          insert.setObject(column + 1, values.get(column));
        }
        insert.addBatch();
      }
      insert.executeBatch();
      pause.setDouble(1, seeded.nextInt(4) * 0.1);
      pause.execute();
      if (seeded.nextInt(8) == 0) {
        service.rollback();
      } else {
        service.commit();
      }
    }
  }

  private static <T> T one(List<T> values, Random seeded) {
    return values.get(seeded.nextInt(values.size()));
  }
}
