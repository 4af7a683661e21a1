package dev.rekey.platform.query;

import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyIT;
import dev.rekey.platform.query.Cursors.PageQuery;
import dev.rekey.platform.query.Cursors.PageRequest;
import dev.rekey.run.Http.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The parameter {@code total} of every search. */
class TotalIT extends RekeyIT {

  private static final String EVENTS = "/api/v1/audit-events?limit=2&actor=";
  private static final String ESTIMATE = "&total=estimate";

  @Autowired private JdbcClient jdbc;
  @Autowired private BoundedQueries queries;
  @Autowired private Cursors cursors;

  @ParameterizedTest
  @CsvSource({"1,1,true", "2,2,true", "3,3,true", "10000,10000,true", "10001,10000,false"})
  void eventsAreCountedUpToTheBound(int events, long count, boolean exact) {
    appendEvents(events, OKTA_SUBJECT);

    assertTotal("auditor", EVENTS + requestId + ESTIMATE, count, exact);
    assertTotal("payments", EVENTS + requestId + ESTIMATE, count, exact);
    assertTotal("search", EVENTS + requestId + ESTIMATE, 0, true);
  }

  @ParameterizedTest
  @CsvSource({"2,2,true", "1000,1000,true", "1001,1000,false"})
  void eventsWithWordsAreCountedUpToALowerBound(int events, long count, boolean exact) {
    appendEvents(events, OKTA_SUBJECT);
    String path = "/api/v1/audit-events?limit=2&q=" + requestId + ESTIMATE;

    assertTotal("auditor", path, count, exact);
    assertTotal("payments", path, count, exact);
    assertTotal("search", path, 0, true);
  }

  @ParameterizedTest
  @CsvSource({"10000,10000,true", "10001,10000,false"})
  void credentialsAreCountedUpToTheBound(int credentials, long count, boolean exact) {
    insertCredentials(credentials);
    try {
      for (String sort : List.of("recordedAt", "createdAt", "-displayName")) {
        String path = "/api/v1/credentials?limit=2&q=" + requestId + "&sort=" + sort + ESTIMATE;
        assertTotal("auditor", path, count, exact);
        assertTotal("payments", path, count, exact);
        assertTotal("search", path, 0, true);
      }
    } finally {
      execute("delete from credential where upstream_id like ?", requestId + "%");
    }
  }

  @Test
  void totalIsTheSameOnEveryPage() {
    appendEvents(7, OKTA_SUBJECT);
    String path = EVENTS + requestId + ESTIMATE;
    int pages = 0;
    while (path != null) {
      Answer page = assertTotal("payments", path, 7, true);
      pages++;
      String link = page.header("Link");
      path = link == null ? null : link.substring(1, link.indexOf('>'));
    }
    assertThat(pages).isEqualTo(4);
  }

  @Test
  void totalMayBeLeftOutAfterTheFirstPage() {
    appendEvents(5, OKTA_SUBJECT);
    Answer first = as("payments").get(EVENTS + requestId + ESTIMATE);

    Answer second = as("payments").get(EVENTS + requestId + "&cursor=" + first.text("/nextCursor"));

    assertThat(second.status()).isEqualTo(200);
    assertThat(second.body().has("total")).isFalse();
    assertThat(second.body().path("items")).hasSize(2);
  }

  @Test
  void totalIsPartOfTheEntityTag() {
    appendEvents(3, OKTA_SUBJECT);
    // A seal changes the events of the page.
    awaitAllSealed();
    String path = EVENTS + requestId + ESTIMATE + "&to=" + Instant.now();
    Answer first = assertTotal("auditor", path, 3, true);
    String tag = Objects.requireNonNull(first.header("ETag"));
    assertThat(as("auditor").with("If-None-Match", tag).get(path).status()).isEqualTo(304);

    // The page stays the same, since the event is older.
    appendEvent(OKTA_SUBJECT, "1 hour");
    Answer changed = as("auditor").with("If-None-Match", tag).get(path);

    assertThat(changed.status()).isEqualTo(200);
    assertThat(changed.header("ETag")).isNotEqualTo(tag);
    assertThat(changed.body().path("items")).isEqualTo(first.body().path("items"));
    assertTotal("auditor", path, 4, true);
  }

  @Test
  void totalOfRotationsCountsAllThatMatch() {
    for (int i = 0; i < 3; i++) {
      as("payments").post(CHECKOUT, json("name", "counted"));
    }
    as("search").post(ROTATE, json("appId", "crm", "connectorId", "github"));
    control().fault("conductorone", "rotate", "reset-after");
    as("payments").post(ROTATE, OKTA);

    for (String caller : List.of("payments", "search", "auditor")) {
      for (String filter :
          List.of(
              "",
              "&upstream=keycard",
              "&upstream=keycard,conductorone",
              "&state=SUCCEEDED",
              "&subject=organizations/*&upstream=keycard",
              "&team=search")) {
        int all =
            as(caller).get("/api/v1/rotations?limit=500" + filter).body().path("items").size();
        String path = "/api/v1/rotations?limit=1" + filter + ESTIMATE;
        Answer page = assertTotal(caller, path, all, true);
        if (!page.text("/nextCursor").isEmpty()) {
          assertTotal(caller, path + "&cursor=" + page.text("/nextCursor"), all, true);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"audit-events", "credentials", "rotations"})
  void totalIsAbsentUnlessRequested(String list) {
    as("payments").post(ROTATE, OKTA);

    assertThat(as("payments").get("/api/v1/" + list).body().has("total")).isFalse();
    assertThat(as("payments").get("/api/v1/" + list + "?total=ESTIMATE").body().has("total"))
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "audit-events?total=true,total has to be one of [estimate].",
    "credentials?total=exact,total has to be one of [estimate].",
    "rotations?total=1,total has to be one of [estimate].",
    "rotations?total=,total has no value; leave it out."
  })
  void otherValuesAreRefused(String request, String detail) {
    Answer answer = as("payments").get("/api/v1/" + request);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("/type")).isEqualTo("/problems/invalid-parameter");
    assertThat(answer.text("/detail")).isEqualTo(detail);
  }

  @Test
  void pageThatHasAllNeedsNoCount() {
    Counted<String> counted =
        totals().count(request("estimate"), List.of("a", "b"), 10, _ -> fail());

    assertThat(counted.total()).isEqualTo(new Total(2, true));
  }

  @Test
  void countThatTakesTooLongLeavesThePage() {
    List<String> page = List.of("a", "b", "c");
    long begun = System.nanoTime();
    Counted<String> counted =
        queries.read(
            "",
            () -> {
              var found =
                  totals()
                      .count(
                          request("estimate"),
                          page,
                          10,
                          _ ->
                              jdbc.sql("select 1 from pg_sleep(20)").query(Integer.class).single());
              assertThat(setting("statement_timeout")).isEqualTo("5s");
              return found;
            });

    assertThat(counted).isEqualTo(new Counted<>(page, new Total(3, false)));
    assertThat(Duration.ofNanos(System.nanoTime() - begun))
        .isBetween(Duration.ofMillis(250), Duration.ofSeconds(4));
  }

  @Test
  void countOfSeveralQueriesHasOneLimit() {
    int[] done = {0};
    Optional<Integer> found =
        queries.read(
            "",
            () ->
                queries.tryPart(
                    Duration.ofMillis(300),
                    limitNext -> {
                      while (true) {
                        limitNext.run();
                        jdbc.sql("select pg_sleep(0.05)").query().listOfRows();
                        done[0]++;
                      }
                    }));

    assertThat(found).isEmpty();
    assertThat(done[0]).isBetween(1, 6);
  }

  @Test
  void countSeesTheDataOfItsPage() {
    appendEvents(3, OKTA_SUBJECT);
    Total total =
        queries
            .read(
                "",
                () -> {
                  List<Integer> page =
                      jdbc.sql("select 1 from audit_event where actor_id = :id limit 3")
                          .param("id", requestId)
                          .query((row, _) -> row.getInt(1))
                          .list();
                  appendEvents(1, OKTA_SUBJECT);
                  var all = new Conditions().and("e.actor_id = :id", "id", requestId);
                  return totals().count(request("estimate"), page, "audit_event e", all);
                })
            .total();

    assertThat(total).isEqualTo(new Total(3, true));
  }

  private static Integer fail() {
    throw new AssertionError("must not count");
  }

  private Totals totals() {
    return new Totals(jdbc, queries);
  }

  /** A request for a page of two. */
  private PageRequest request(String total) {
    return cursors.page(new PageQuery(2, null), new ViewQuery(null, total), List.of("x"));
  }

  private String setting(String name) {
    return jdbc.sql("show " + name).query(String.class).single();
  }

  /** Repeats the request, because a loaded machine may need longer than a count may take. */
  private Answer assertTotal(String caller, String path, long count, boolean exact) {
    JsonNode expected =
        JsonMapper.shared().readTree("{\"count\":%d,\"exact\":%b}".formatted(count, exact));
    return await()
        .until(
            () -> as(caller).get(path),
            page -> {
              assertThat(page.status()).as(page.raw().body()).isEqualTo(200);
              return page.body().path("total").equals(expected);
            });
  }

  private void appendEvents(int many, String subject) {
    execute(
        "insert into audit_event (id, type, occurred_at, actor_id, actor_kind, subject)"
            + " select test_uuidv7(), 'access.denied', now() - make_interval(secs => i * 1e-3), ?,"
            + " 'caller', ? from generate_series(1, ?) i",
        requestId,
        subject,
        many);
  }

  private void appendEvent(String subject, String age) {
    execute(
        "insert into audit_event (id, type, occurred_at, actor_id, actor_kind, subject)"
            + " values (test_uuidv7(), 'access.denied', now() - ?::interval, ?, 'caller', ?)",
        age,
        requestId,
        subject);
  }

  private void insertCredentials(int many) {
    execute(
        """
        insert into credential (
          id, upstream, subject, upstream_id, status, origin, created_at, display_name,
          recorded_at, observed_at, version)
        select test_uuidv7(), 'conductorone', ?, ? || i, 'ACTIVE', 'MINTED',
          case when i % 2 = 0 then now() end, case when i % 3 = 0 then 'n' || i end, now(), now(), 0
        from generate_series(1, ?) i
        """,
        OKTA_SUBJECT, requestId, many);
  }
}
