package dev.rekey.audit.tail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyIT;
import dev.rekey.audit.OldMonth;
import dev.rekey.run.EventSource;
import dev.rekey.run.EventSource.Message;
import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** The stream of the history while the sealer runs. */
@Timeout(60)
class StreamIT extends RekeyIT {

  private static final String AUDIT = "/api/v1/audit-events";
  private static final String STREAM = AUDIT + "/stream";

  @Autowired private MeterRegistry meters;

  @Test
  void streamHasTheEventsOfTheTailWithTheirSequenceNumbers() {
    String from = "afterSeq=" + head() + "&actor=" + requestId;
    append(3);
    awaitAllSealed();
    List<Message> messages;
    try (EventSource stream = as("auditor").open(STREAM + "?" + from)) {
      assertThat(stream.status()).isEqualTo(200);
      assertThat(stream.headers().firstValue("Content-Type")).hasValue("text/event-stream");
      messages = next(stream, 3);
    }

    JsonNode tail = as("auditor").get(AUDIT + "/tail?" + from).body().path("items");

    assertThat(messages).extracting(Message::data).containsExactlyElementsOf(tail);
    assertThat(messages)
        .allSatisfy(
            message -> assertThat(message.id()).isEqualTo(message.data().path("seq").asString()))
        .extracting(Message::event)
        .containsOnly("message");
  }

  @Test
  void streamWithoutAPositionHasTheEventsFromNowOn() {
    append(2);
    awaitAllSealed();
    try (EventSource stream = as("auditor").open(STREAM + "?actor=" + requestId)) {
      stream.awaitBlock();
      execute(
          "insert into audit_event (id, type, occurred_at, actor_id, actor_kind, reason)"
              + " values (test_uuidv7(), 'access.denied', now(), ?, 'caller', 'the third')",
          requestId);

      assertThat(next(stream).data().path("reason").asString()).isEqualTo("the third");
    }
  }

  @Test
  void clientThatConnectsAgainMissesNothingAndGetsNothingTwice() {
    long start = head();
    String path = STREAM + "?actor=" + requestId + "&afterSeq=" + start;
    var seen = new ArrayList<String>();
    String last = Long.toString(start);
    for (int connection = 0; connection < 4; connection++) {
      append(3);
      try (EventSource stream = as("auditor").with("Last-Event-ID", last).open(path)) {
        next(stream, 2).forEach(message -> seen.add(message.id()));
        last = Objects.requireNonNull(stream.lastId());
      }
    }
    try (EventSource stream = as("auditor").with("Last-Event-ID", last).open(path)) {
      next(stream, 4).forEach(message -> seen.add(message.id()));
    }

    assertThat(seen)
        .containsExactlyElementsOf(
            query(
                    "select seq::text as seq from audit_seal s join audit_event e on e.id = s.event_id"
                        + " where actor_id = ? order by s.seq",
                    requestId)
                .stream()
                .map(row -> String.valueOf(row.get("seq")))
                .toList());
  }

  @Test
  void oneMessageCountsTheEventsThatRetentionHasDropped() {
    long start = head();
    try (var month = new OldMonth(postgres())) {
      month.append("2020-01-05 12:00:00");
      month.append("2020-01-31 23:59:59");
      awaitAllSealed();
    }
    append(1);
    awaitAllSealed();
    List<Message> messages;
    try (EventSource stream =
        as("auditor").open(STREAM + "?actor=" + requestId + "&afterSeq=" + start)) {
      messages = next(stream, 2);
    }

    assertThat(messages).extracting(Message::event).containsExactly("not-retained", "message");
    assertThat(messages.getFirst().text()).isEqualTo("{\"notRetained\":2}");
  }

  @Test
  void heartbeatMovesThePositionPastEventsOfOthers() {
    try (EventSource stream = as("auditor").open(STREAM + "?actor=nobody-" + requestId)) {
      stream.awaitBlock();
      append(2);
      awaitAllSealed();
      long head = head();

      await()
          .pollInterval(Duration.ZERO)
          .until(
              () ->
                  stream.awaitBlock()
                      && Long.parseLong(Objects.requireNonNull(stream.lastId())) >= head);
    }
  }

  @Test
  void callerSeesTheEventsOfItsTeamsOnly() {
    try (EventSource search = as("search").open(STREAM);
        EventSource payments = as("payments").open(STREAM)) {
      search.awaitBlock();
      payments.awaitBlock();
      keyed("search").post("/organizations/acme/service-accounts/indexer/credentials", named("a"));
      keyed("payments").post(CHECKOUT, named("b"));

      assertThat(next(search).data().path("subject").asString()).endsWith("/indexer");
      assertThat(next(payments).data().path("subject").asString()).endsWith("/checkout");
    }
  }

  @Test
  void fieldsAreThoseThatWereAskedFor() {
    try (EventSource stream =
        as("auditor").open(STREAM + "?fields=seq&afterSeq=" + head() + "&actor=" + requestId)) {
      append(1);

      assertThat(next(stream).data().propertyNames()).containsExactly("seq");
    }
  }

  @Test
  void streamEndsWithItsToken() {
    Instant end = Instant.now().plusSeconds(3);
    String token = surroundings().sandbox().mintJwt(claims -> claims.put("exp", end));
    try (EventSource stream = anonymous().bearer(token).open(STREAM + "?actor=nobody")) {
      assertThat(stream.status()).isEqualTo(200);
      assertThat(stream.next()).isNull();
    }

    assertThat(Instant.now()).isBetween(end.minusSeconds(1), end.plusSeconds(2));
  }

  @Test
  void callerHasALimitedNumberOfStreams() {
    Http caller = anonymous().bearer(tokenOf(requestId));
    var streams = new ArrayList<EventSource>();
    IntStream.range(0, 10).forEach(_ -> streams.add(caller.open(STREAM)));

    Answer refused = caller.get(STREAM);
    streams.forEach(EventSource::close);

    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.text("/type")).isEqualTo("/problems/too-many-streams");
    assertThat(refused.text("/detail")).contains("10 streams");
    await().until(() -> caller.get(STREAM).status() == 200);
    await().until(() -> meters.get("rekey.audit.streams.open").gauge().value() == 0);
  }

  @Test
  void headRequestHasNoStream() {
    Answer answer = as("auditor").send("HEAD", STREAM, null);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).startsWith("text/event-stream");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "-1", "1.5", "99999999999999999999"})
  void invalidPositionIsRefused(String id) {
    Answer answer = as("auditor").with("Last-Event-ID", id).get(STREAM);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("/type")).isEqualTo("/problems/invalid-parameter");
    assertThat(answer.text("/detail")).contains("Last-Event-ID");
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/json", "text/plain", "text/event-stream;q=0"})
  void clientThatAcceptsNoStreamIsRefused(String accepted) {
    Answer answer = as("auditor").with("Accept", accepted).get(STREAM);

    assertThat(answer.status()).isEqualTo(406);
    assertThat(answer.text("/type")).isEqualTo("/problems/not-acceptable");
    assertThat(answer.text("/detail")).contains("text/event-stream");
  }

  @Test
  void streamIsNeitherCompressedNorBuffered() {
    try (EventSource stream = as("auditor").with("Accept-Encoding", "gzip").open(STREAM)) {
      assertThat(stream.headers().firstValue("Content-Encoding")).isEmpty();
      assertThat(stream.headers().firstValue("X-Accel-Buffering")).hasValue("no");
    }
  }

  private static String tokenOf(String subject) {
    return surroundings().sandbox().mintJwt(claims -> claims.put("sub", subject));
  }

  private static String named(String name) {
    return "{\"name\":\"" + name + "\"}";
  }

  private static Message next(EventSource stream) {
    return Objects.requireNonNull(stream.next());
  }

  private static List<Message> next(EventSource stream, int count) {
    return IntStream.range(0, count).mapToObj(_ -> next(stream)).toList();
  }

  private void append(int count) {
    execute(
        "insert into audit_event (id, type, occurred_at, actor_id, actor_kind)"
            + " select test_uuidv7(), 'access.denied', now(), ?, 'caller'"
            + " from generate_series(1, ?)",
        requestId,
        count);
  }

  private static long head() {
    return numberOf("select coalesce(max(seq), 0) from audit_seal");
  }
}
