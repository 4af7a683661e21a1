package dev.rekey.audit.tail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import dev.rekey.RekeyIT;
import dev.rekey.audit.AuditEntry;
import dev.rekey.audit.AuditLog;
import dev.rekey.audit.AuditType;
import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.UpstreamName;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

/** Followers of the sealed history, while it grows fast and while it does not. */
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
  void followersSeeEverythingOnceInOrder() {
    followWhileWriting(SHORT);
  }

  @Test
  void followersSeeEverythingOnceInOrderWithATransactionOpenAllTheWhile() throws SQLException {
    followWhileWritingWithATransactionOpen(SHORT);
  }

  @Test
  @Tag("chaos")
  void followersSeeEverythingOnceInOrderForAMinute() {
    followWhileWriting(LONG);
  }

  @Test
  @Tag("chaos")
  void followersSeeEverythingOnceInOrderForAMinuteWithATransactionOpen() throws SQLException {
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
  void followersThatComeBackForMoreCostNoQueryEach() {
    int enough = 300;
    long start = head();
    var answers = new AtomicInteger();
    BooleanSupplier isGoingOn = until(answers, enough);
    long before = connectionsTaken();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<Void>> followers =
          Stream.generate(
                  () ->
                      CompletableFuture.runAsync(() -> follow(start, answers, isGoingOn), threads))
              .limit(50)
              .toList();
      while (isGoingOn.getAsBoolean()) {
        append(requestId);
        pause();
      }
      followers.forEach(CompletableFuture::join);

      assertThat(answers).hasValueGreaterThanOrEqualTo(enough);
      assertThat(connectionsTaken() - before).isLessThan(answers.get() / 2);
    }
  }

  private static BooleanSupplier until(AtomicInteger answers, int enough) {
    long end = System.nanoTime() + LONG.toNanos();
    return () -> answers.get() < enough && System.nanoTime() < end;
  }

  /** Counts the answers with something in them. */
  private void follow(long start, AtomicInteger answers, BooleanSupplier isGoingOn) {
    long place = start;
    while (isGoingOn.getAsBoolean()) {
      Answer page =
          get(as("auditor"), TAIL + "?actor=" + requestId + "&waitSeconds=1&afterSeq=" + place);
      place = page.body().path("nextAfterSeq").asLong();
      if (!page.body().path("items").isEmpty()) {
        answers.incrementAndGet();
      }
    }
  }

  /** Asks again where so many at once are too many for the database's connections. */
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
                + " values (uuidv7(), 'access.denied', now(), 'held-open', 'caller')");
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
      // What was committed before this one is sealed before it, or with it.
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

  /** Until it sees the event that the run ends with. */
  private List<Seen> follow(long start, int waitSeconds, String until) {
    var seen = new ArrayList<Seen>();
    long place = start;
    boolean ended = false;
    long giveUp = System.nanoTime() + LONG.multipliedBy(2).toNanos();
    while (!ended && System.nanoTime() < giveUp) {
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

  /** As requests do, which wait for other things too, and of which some fail under load. */
  private void writeUntil(long end) {
    var subject = new Subject(new UpstreamName("conductorone"), "apps/crm/connectors/okta");
    while (System.nanoTime() < end) {
      try {
        transaction.executeWithoutResult(
            _ -> audit.append(AuditEntry.ofRekey(AuditType.ROTATION_REQUESTED, subject)));
        Thread.sleep(5);
      } catch (CannotCreateTransactionException e) {
        // Then there is no event.
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
            + " values (uuidv7(), 'access.denied', now(), ?, 'caller')",
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

  private long head() {
    return number("select coalesce(max(seq), 0) from audit_seal");
  }

  /** How often anything in this Rekey has taken a connection to the database. */
  private long connectionsTaken() {
    return meters.get("hikaricp.connections.acquire").timer().count();
  }

  private long number(String sql) {
    return jdbc.sql(sql).query(Long.class).single();
  }

  /** Of all threads, the virtual ones too. */
  private static String stacks(Path directory) throws IOException {
    Path file = directory.resolve("threads.txt");
    ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
        .dumpThreads(file.toString(), ThreadDumpFormat.TEXT_PLAIN);
    return Files.readString(file);
  }
}
