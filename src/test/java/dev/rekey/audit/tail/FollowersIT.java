package dev.rekey.audit.tail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import dev.rekey.RekeyIT;
import dev.rekey.audit.AuditEntry;
import dev.rekey.audit.AuditLog;
import dev.rekey.audit.AuditType;
import dev.rekey.run.EventSource;
import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import dev.rekey.upstream.Subject;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/** Many followers, while the history grows and while it does not. */
class FollowersIT extends RekeyIT {

  private static final String TAIL = "/api/v1/audit-events/tail";
  private static final int WRITERS = 32;
  private static final int FOLLOWERS = 500;
  private static final Duration SHORT = Duration.ofSeconds(10);
  private static final Duration LONG = Duration.ofSeconds(60);

  @Autowired private AuditLog audit;
  @Autowired private TransactionTemplate transaction;
  @Autowired private MeterRegistry meters;
  @Autowired private JdbcClient jdbc;

  @Test
  void followersGetEveryEventOnceInOrder() {
    followWhileWriting(SHORT);
  }

  @Test
  void followersGetEveryEventOnceInOrderDuringAnOpenTransaction() throws SQLException {
    followWhileWritingWithATransactionOpen(SHORT);
  }

  @Test
  @Tag("chaos")
  void followersGetEveryEventOnceInOrderForAMinute() {
    followWhileWriting(LONG);
  }

  @Test
  @Tag("chaos")
  void followersGetEveryEventOnceInOrderForAMinuteDuringAnOpenTransaction() throws SQLException {
    followWhileWritingWithATransactionOpen(LONG);
  }

  @Test
  void waitingFollowersCostNeitherAThreadNorAQueryEach(@TempDir Path directory) throws Exception {
    long start = head();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      String path = TAIL + "?actor=" + requestId + "&waitSeconds=30&afterSeq=" + start;
      Http auditor = as("auditor");
      List<CompletableFuture<Answer>> waiting =
          Stream.generate(() -> CompletableFuture.supplyAsync(() -> get(auditor, path), threads))
              .limit(FOLLOWERS)
              .toList();
      await()
          .atMost(Duration.ofSeconds(25))
          .until(() -> meters.get("rekey.audit.followers.waiting").gauge().value() == FOLLOWERS);

      long before = connectionsTaken();
      Thread.sleep(4_000);
      long queries = connectionsTaken() - before;
      String stacks = stacks(directory);
      append(requestId);

      assertThat(queries).isLessThan(FOLLOWERS / 4);
      assertThat(stacks.split("rekey-audit-followers", -1)).hasSize(2);
      assertThat(stacks).doesNotContain("TailController");
      assertThat(waiting)
          .allSatisfy(answer -> assertThat(answer.join().body().path("items")).hasSize(1));
    }
  }

  @Test
  void streamsGetEveryEventOnceInOrderWithoutAQueryEach() {
    int batches = 10;
    long start = head();
    var open = new AtomicInteger();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<List<Seen>>> streams =
          IntStream.range(0, FOLLOWERS)
              .mapToObj(
                  number ->
                      CompletableFuture.supplyAsync(
                          () -> stream(number, start, batches, open), threads))
              .toList();
      await().atMost(Duration.ofSeconds(25)).until(() -> open.get() == FOLLOWERS);

      long before = connectionsTaken();
      for (int batch = 0; batch < batches; batch++) {
        append(requestId);
        pause();
      }
      streams.forEach(CompletableFuture::join);

      assertThat(connectionsTaken() - before).isLessThan(FOLLOWERS / 4);
      assertThat(streams)
          .allSatisfy(stream -> assertThat(stream.join()).isEqualTo(sealed(start, requestId)));
    }
  }

  /**
   * The first events of a stream, which ends with its token. Ten streams have the same caller.
   *
   * @param open counts the streams whose response has begun, so they have read once
   */
  private List<Seen> stream(int number, long start, int count, AtomicInteger open) {
    String token =
        surroundings()
            .sandbox()
            .mintJwt(
                claims -> {
                  claims.put("sub", "streams-" + number / 10);
                  claims.put("groups", List.of("auditors"));
                  claims.put("exp", Instant.now().plus(LONG).getEpochSecond());
                });
    String path = "/api/v1/audit-events/stream?actor=" + requestId + "&afterSeq=" + start;
    try (EventSource stream = open(anonymous().bearer(token), path)) {
      open.incrementAndGet();
      return Stream.generate(stream::next)
          .limit(count)
          .map(Objects::requireNonNull)
          .map(
              message ->
                  new Seen(Long.parseLong(message.id()), message.data().path("id").asString()))
          .toList();
    }
  }

  /** Repeats a request that found no free database connection, as {@link #get} does. */
  private static EventSource open(Http client, String path) {
    EventSource stream = client.open(path);
    while (stream.status() == 503) {
      stream.close();
      stream = client.open(path);
    }
    return stream;
  }

  @Test
  void returningFollowersCostNoQueryEach() {
    int enough = 300;
    long start = head();
    var responses = new AtomicInteger();
    BooleanSupplier isRunning = until(responses, enough);
    long before = connectionsTaken();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<Void>> followers =
          Stream.generate(
                  () ->
                      CompletableFuture.runAsync(
                          () -> follow(start, responses, isRunning), threads))
              .limit(50)
              .toList();
      while (isRunning.getAsBoolean()) {
        append(requestId);
        pause();
      }
      followers.forEach(CompletableFuture::join);

      assertThat(responses).hasValueGreaterThanOrEqualTo(enough);
      assertThat(connectionsTaken() - before).isLessThan(responses.get() / 2);
    }
  }

  private static BooleanSupplier until(AtomicInteger responses, int enough) {
    long end = System.nanoTime() + LONG.toNanos();
    return () -> responses.get() < enough && System.nanoTime() < end;
  }

  /** Counts the responses with events. */
  private void follow(long start, AtomicInteger responses, BooleanSupplier isRunning) {
    long place = start;
    while (isRunning.getAsBoolean()) {
      Answer page =
          get(as("auditor"), TAIL + "?actor=" + requestId + "&waitSeconds=1&afterSeq=" + place);
      place = page.body().path("nextAfterSeq").asLong();
      if (!page.body().path("items").isEmpty()) {
        responses.incrementAndGet();
      }
    }
  }

  /** Repeats a request that found no free database connection. */
  private static Answer get(Http client, String path) {
    Answer answer = client.get(path);
    while (answer.status() == 503) {
      answer = client.get(path);
    }
    return answer;
  }

  private void followWhileWritingWithATransactionOpen(Duration time) throws SQLException {
    try (var open = postgres().connectAsSuperuser()) {
      open.setAutoCommit(false);
      try (var insert = open.createStatement()) {
        insert.execute(
            "insert into audit_event (id, type, occurred_at, actor_id, actor_kind)"
                + " values (test_uuidv7(), 'access.denied', now(), 'held-open', 'caller')");
      }
      followWhileWriting(
          time,
          () -> {
            try {
              open.commit();
            } catch (SQLException e) {
              throw new IllegalStateException(e);
            }
          });
    }
  }

  private void followWhileWriting(Duration time) {
    followWhileWriting(time, () -> {});
  }

  private void followWhileWriting(Duration time, Runnable last) {
    long start = head();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      long end = System.nanoTime() + time.toNanos();
      var polling = CompletableFuture.supplyAsync(() -> follow(start, 0, requestId), threads);
      var waiting = CompletableFuture.supplyAsync(() -> follow(start, 30, requestId), threads);
      var writers =
          IntStream.range(0, WRITERS)
              .mapToObj(_ -> CompletableFuture.runAsync(() -> writeUntil(end), threads))
              .toArray(CompletableFuture[]::new);
      CompletableFuture.allOf(writers).join();
      last.run();
      // Events that were committed earlier are sealed with this one or before it.
      await().until(() -> unsealed() == 0);
      append(requestId);

      assertThat(polling.join()).isEqualTo(waiting.join()).isEqualTo(sealed(start));
    }
    assertThat(
            query(
                "select 1 from audit_seal where seq > ? having count(*) <> max(seq) - min(seq) + 1"
                    + " or count(*) < 1000",
                start))
        .isEmpty();
  }

  private record Seen(long seq, String id) {}

  /** Follows until it gets the last event of the test. */
  private List<Seen> follow(long start, int waitSeconds, String until) {
    var seen = new ArrayList<Seen>();
    long place = start;
    boolean ended = false;
    long deadline = System.nanoTime() + LONG.multipliedBy(2).toNanos();
    while (!ended && System.nanoTime() < deadline) {
      Answer page =
          get(
              as("auditor"),
              TAIL
                  + "?limit=500&afterSeq="
                  + place
                  + (waitSeconds == 0 ? "" : "&waitSeconds=" + waitSeconds));
      assertThat(page.status()).isEqualTo(200);
      for (var event : page.body().path("items")) {
        seen.add(new Seen(event.path("seq").asLong(), event.path("id").asString()));
        ended |= event.at("/actor/id").asString().equals(until);
      }
      place = page.body().path("nextAfterSeq").asLong();
    }
    return seen;
  }

  /** Appends like requests do: with pauses, and some fail under load. */
  private void writeUntil(long end) {
    var subject = Subject.of("conductorone", "apps/crm/connectors/okta");
    while (System.nanoTime() < end) {
      try {
        transaction.executeWithoutResult(
            _ -> audit.append(AuditEntry.ofRekey(AuditType.ROTATION_REQUESTED, subject)));
        Thread.sleep(5);
      } catch (CannotCreateTransactionException e) {
        // No event was appended.
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(250);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void append(String actor) {
    execute(
        "insert into audit_event (id, type, occurred_at, actor_id, actor_kind)"
            + " values (test_uuidv7(), 'access.denied', now(), ?, 'caller')",
        actor);
  }

  private long unsealed() {
    return number(
        "select count(*) from audit_event e"
            + " where not exists (select from audit_seal s where s.event_id = e.id)");
  }

  private List<Seen> sealed(long after) {
    return jdbc.sql("select seq, event_id from audit_seal where seq > :after order by seq")
        .param("after", after)
        .query((row, _) -> new Seen(row.getLong(1), row.getString(2)))
        .list();
  }

  private List<Seen> sealed(long after, String actor) {
    return jdbc.sql(
            "select s.seq, s.event_id from audit_seal s join audit_event e on e.id = s.event_id"
                + " where s.seq > :after and e.actor_id = :actor order by s.seq")
        .param("after", after)
        .param("actor", actor)
        .query((row, _) -> new Seen(row.getLong(1), row.getString(2)))
        .list();
  }

  private long head() {
    return number("select coalesce(max(seq), 0) from audit_seal");
  }

  /** The number of times that a database connection was borrowed. */
  private long connectionsTaken() {
    return meters.get("hikaricp.connections.acquire").timer().count();
  }

  private long number(String sql) {
    return jdbc.sql(sql).query(Long.class).single();
  }

  /** The stack traces of all threads, including virtual ones. */
  private static String stacks(Path directory) throws IOException {
    Path file = directory.resolve("threads.txt");
    ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
        .dumpThreads(file.toString(), ThreadDumpFormat.TEXT_PLAIN);
    return Files.readString(file);
  }
}
