package dev.rekey.audit.tail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyIT;
import dev.rekey.access.Visibility;
import dev.rekey.audit.AuditEvent;
import dev.rekey.audit.AuditFilter;
import dev.rekey.audit.ScratchHistory;
import dev.rekey.audit.tail.Follower.Following;
import dev.rekey.run.Http.Answer;
import dev.rekey.run.Tokens;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** The tail of the history while the sealer runs. */
class TailIT extends RekeyIT {

  private static final String TAIL = "/api/v1/audit-events/tail";
  private static final Executor THREADS = task -> Thread.ofVirtual().start(task);

  @Value("${local.server.port}")
  private int port;

  @Autowired private Followers followers;
  @Autowired private MeterRegistry meters;
  @Autowired private JdbcClient jdbc;

  @Test
  void followerGetsSealedEventsOnceInOrder() {
    long start = head();
    append(7, "rotation.requested", "apps/crm/connectors/okta");
    awaitAllSealed();

    var seen = new ArrayList<Long>();
    String path = TAIL + "?limit=3&actor=" + requestId + "&afterSeq=" + start;
    Answer page = as("auditor").get(path);
    while (!page.body().path("items").isEmpty()) {
      items(page).forEach(event -> seen.add(event.path("seq").asLong()));
      page = as("auditor").get(link(page));
    }

    assertThat(seen)
        .containsExactlyElementsOf(
            jdbc.sql(
                    "select s.seq from audit_seal s join audit_event e on e.id = s.event_id"
                        + " where e.actor_id = :actor order by s.seq")
                .param("actor", requestId)
                .query(Long.class)
                .list())
        .hasSize(7);
    assertThat(page.body().path("nextAfterSeq").asLong())
        .isEqualTo(page.body().path("headSeq").asLong());
    assertThat(page.body().path("notRetained").asLong()).isZero();
  }

  @Test
  void positionMovesPastEventsThatAreLeftOut() {
    long start = head();
    append(2, "rotation.requested", "apps/crm/connectors/github");
    append(1, "rotation.requested", "apps/crm/connectors/okta");
    append(2, "rotation.requested", null);
    awaitAllSealed();

    Answer ofTeam = as("payments").get(TAIL + "?actor=" + requestId + "&afterSeq=" + start);
    Answer ofNothing =
        as("auditor").get(TAIL + "?type=access.denied&actor=" + requestId + "&afterSeq=" + start);

    assertThat(items(ofTeam))
        .extracting(event -> event.path("subject").asString())
        .containsExactly("apps/crm/connectors/okta");
    assertThat(items(ofNothing)).isEmpty();
    assertThat(List.of(ofTeam, ofNothing))
        .allSatisfy(
            page ->
                assertThat(page.body().path("nextAfterSeq").asLong())
                    .isEqualTo(page.body().path("headSeq").asLong())
                    .isGreaterThanOrEqualTo(start + 5));
  }

  @Test
  void unsealedEventIsNotReturned() {
    long start = head();
    append(1, "rotation.requested", "apps/crm/connectors/okta");

    Answer waited = as("auditor").get(path(start, 20));

    assertThat(items(waited)).singleElement().matches(event -> event.path("seq").asLong() > start);
  }

  @Test
  void waitingFollowerGetsAResponseWhenItsEventIsSealed() {
    long start = head();
    var waiting = get("auditor", path(start, 30));
    var alsoOfTeam = get("payments", path(start, 30));
    var other = get("search", path(start, 3));
    awaitWaiting(3);

    append(1, "rotation.requested", "apps/crm/connectors/okta");
    Instant appended = Instant.now();
    Answer answer = waiting.join();

    assertThat(Duration.between(appended, Instant.now())).isLessThan(Duration.ofSeconds(5));
    assertThat(items(answer)).hasSize(1);
    assertThat(items(alsoOfTeam.join())).hasSize(1);
    assertThat(answer.header("X-Request-Id")).isEqualTo(requestId);
    assertThat(link(answer)).contains("afterSeq=" + answer.body().path("nextAfterSeq").asLong());
    Answer timedOut = other.join();
    assertThat(items(timedOut)).isEmpty();
    assertThat(timedOut.body().path("nextAfterSeq").asLong())
        .isGreaterThanOrEqualTo(answer.body().path("nextAfterSeq").asLong());
    assertThat(waiting()).isZero();
  }

  @Test
  void waitingFollowerGetsAnEmptyPageAfterItsTime() {
    Instant asked = Instant.now();

    Answer answer = as("auditor").get(path(head(), 1));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(items(answer)).isEmpty();
    assertThat(Duration.between(asked, Instant.now()))
        .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(3));
  }

  @Test
  void shutdownReleasesWaitingFollowers() {
    var waiting = get("auditor", path(head(), 30));
    awaitWaiting(1);
    Instant stopped = Instant.now();

    followers.stop();
    try {
      assertThat(waiting.join().status()).isEqualTo(200);
      assertThat(as("auditor").get(path(head(), 30)).status()).isEqualTo(200);
    } finally {
      followers.start();
    }

    assertThat(Duration.between(stopped, Instant.now())).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void disconnectedFollowerIsRemoved() throws IOException {
    String token = Tokens.of(surroundings().sandbox(), "auditor");
    try (var socket = new Socket("localhost", port)) {
      String request =
          "GET %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n"
              .formatted(path(head(), 2), token);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      awaitWaiting(1);
    }

    await().atMost(Duration.ofSeconds(10)).until(() -> waiting() == 0);
  }

  @Test
  void positionAboveTheHeadIsKept() {
    long ahead = head() + 1_000_000;

    Answer answer = as("auditor").get(path(ahead, 1));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(items(answer)).isEmpty();
    assertThat(answer.body().path("nextAfterSeq").asLong()).isEqualTo(ahead);
    assertThat(answer.body().path("headSeq").asLong()).isLessThan(ahead);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "afterSeq=-1",
        "afterSeq=x",
        "afterSeq=0x1",
        "waitSeconds=0x1",
        "waitSeconds=31",
        "waitSeconds=-1",
        "limit=0",
        "limit=501",
        "type=nothing",
        "outcome=nothing",
        "subject=a%00b",
        "actor=a%0Ab"
      })
  void malformedParametersAreRefused(String parameter) {
    Answer answer = as("auditor").get(TAIL + "?" + parameter);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("/type")).isEqualTo("/problems/invalid-parameter");
  }

  @Test
  void droppedEventsAreCounted() {
    try (var history = new ScratchHistory(postgres())) {
      history.seal(6_000, "date_trunc('month', now()) - interval '20 days'");
      history.seal(3, "now()");
      history.dropMonth("date_trunc('month', now()) - interval '20 days'");
      var sealed = new SealedEvents(history.jdbc(), history.queries(), history.events());
      var all = new Following(AuditFilter.ALL, new Visibility.All(), 500);
      var some = new Following(AuditFilter.ALL, new Visibility.Only(List.of()), 500);

      assertThat(sealed.read(some, 0).notRetained().count()).isEqualTo(6_000);
      assertThat(follow(sealed, all)).isEqualTo(new Followed(3, 6_000, 6_003));
      assertThat(follow(sealed, some)).isEqualTo(new Followed(0, 6_000, 6_003));
    }
  }

  private record Followed(int items, long notRetained, long place) {}

  private static Followed follow(SealedEvents events, Following following) {
    int items = 0;
    long notRetained = 0;
    TailPage<AuditEvent> page = new TailPage<>(List.of(), 0, 1, NotRetained.NONE);
    while (page.nextAfterSeq() < page.headSeq()) {
      page = events.read(following, page.nextAfterSeq());
      items += page.items().size();
      notRetained += page.notRetained().count();
    }
    return new Followed(items, notRetained, page.nextAfterSeq());
  }

  private String path(long afterSeq, int waitSeconds) {
    return TAIL + "?actor=" + requestId + "&afterSeq=" + afterSeq + "&waitSeconds=" + waitSeconds;
  }

  private CompletableFuture<Answer> get(String client, String path) {
    return CompletableFuture.supplyAsync(() -> as(client).get(path), THREADS);
  }

  private void append(int many, String type, @Nullable String subject) {
    execute(
        "insert into audit_event (id, type, occurred_at, actor_id, actor_kind, subject)"
            + " select test_uuidv7(), ?, now(), ?, 'caller', ? from generate_series(1, ?)",
        type,
        requestId,
        subject,
        many);
  }

  private void awaitWaiting(int many) {
    await().until(() -> waiting() == many);
  }

  private double waiting() {
    return meters.get("rekey.audit.followers.waiting").gauge().value();
  }

  private long head() {
    return jdbc.sql("select coalesce(max(seq), 0) from audit_seal").query(Long.class).single();
  }

  private static List<JsonNode> items(Answer page) {
    return page.body().path("items").valueStream().toList();
  }

  private static String link(Answer page) {
    String link = Objects.requireNonNull(page.header("Link"));
    assertThat(link).endsWith("; rel=\"next\"");
    return link.substring(1, link.indexOf('>'));
  }
}
