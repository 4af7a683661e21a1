package dev.rekey.audit.ocsf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.audit.AuditOutcome;
import dev.rekey.audit.AuditType;
import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Search, tail and export in OCSF, over HTTP. */
class OcsfIT extends RekeyIT {

  private static final String SEARCH = "/api/v1/audit-events";
  private static final String TAIL = SEARCH + "/tail";
  private static final String EXPORT = SEARCH + "/export";
  private static final String OCSF = "application/ocsf+json";
  private static final OcsfCheck CHECK = new OcsfCheck(OcsfSchema.ofVersion(OcsfEvents.VERSION));

  @Test
  void searchIsTheSameInOcsf() {
    as("payments").post(ROTATE, OKTA);
    awaitAllSealed();
    String search = SEARCH + "?q=" + requestId;

    Answer json = as("auditor").get(search);
    Answer accepted = asking().get(search);
    Answer requested = as("auditor").get(search + "&format=ocsf");

    assertThat(accepted.header("Content-Type")).isEqualTo(OCSF);
    assertThat(requested.header("Content-Type")).isEqualTo(OCSF);
    assertThat(List.of(json, accepted, requested))
        .allSatisfy(
            answer ->
                assertThat(String.join(",", answer.raw().headers().allValues("Vary")).split(", *"))
                    .anyMatch("Accept"::equalsIgnoreCase));
    assertThat(accepted.body()).isEqualTo(requested.body());
    assertThat(accepted.body().propertyNames()).containsExactly("items", "nextCursor");
    assertThat(texts(accepted, "/metadata/uid")).isEqualTo(texts(json, "/id"));
    assertThat(texts(accepted, "/metadata/event_code"))
        .containsExactly("rotation.succeeded", "rotation.requested");
    assertThat(texts(accepted, "/metadata/correlation_uid"))
        .hasSize(2)
        .allMatch(texts(json, "/rotationId").getFirst()::equals);
    assertThat(items(accepted)).allSatisfy(OcsfIT::assertValid);
  }

  @Test
  void pagesStayInOcsf() {
    as("payments").post(ROTATE, OKTA);
    awaitAllSealed();
    Answer first = as("auditor").get(SEARCH + "?limit=1&format=ocsf&q=" + requestId);

    Answer second = as("auditor").get(link(first));

    assertThat(texts(first, "/metadata/event_code")).containsExactly("rotation.succeeded");
    assertThat(texts(second, "/metadata/event_code")).containsExactly("rotation.requested");
    Answer withAccept =
        asking().get(SEARCH + "?limit=1&q=" + requestId + "&cursor=" + first.text("/nextCursor"));
    assertThat(withAccept.body().path("items")).isEqualTo(second.body().path("items"));
  }

  @Test
  void tailIsTheSameInOcsfWithTheHashesOfTheSeals() {
    long start = numberOf("select coalesce(max(seq), 0) from audit_seal");
    as("payments").post(ROTATE, OKTA);
    awaitAllSealed();
    String tail = TAIL + "?waitSeconds=5&actor=payments&afterSeq=" + start;

    Answer json = as("auditor").get(tail);
    Answer accepted = asking().get(tail);
    Answer requested = as("auditor").get(tail + "&format=ocsf");

    assertThat(accepted.header("Content-Type")).isEqualTo(OCSF);
    assertThat(accepted.body().path("items")).isEqualTo(requested.body().path("items"));
    assertThat(accepted.body().propertyNames())
        .containsExactly("items", "nextAfterSeq", "headSeq", "notRetained");
    assertThat(texts(accepted, "/metadata/uid")).isEqualTo(texts(json, "/id")).isNotEmpty();
    assertThat(link(requested)).contains("format=ocsf");
    assertThat(items(accepted))
        .allSatisfy(OcsfIT::assertValid)
        .allSatisfy(
            event ->
                assertThat(event.at("/unmapped/rowHash").asString())
                    .isEqualTo(seal("row_hash", event)));
    assertThat(items(json)).allSatisfy(event -> assertThat(event.has("rowHash")).isFalse());
  }

  @Test
  void waitingFollowerGetsOcsf() {
    long start = numberOf("select coalesce(max(seq), 0) from audit_seal");
    insert(AuditType.CREDENTIAL_EXPIRED, null);

    Answer answer =
        asking().get(TAIL + "?waitSeconds=20&actor=" + requestId + "&afterSeq=" + start);

    assertThat(items(answer)).singleElement().satisfies(OcsfIT::assertValid);
  }

  @Test
  void exportOfEveryTypeIsValid() {
    Stream.of(AuditType.values()).forEach(type -> insert(type, null));
    Stream.of(AuditOutcome.values())
        .forEach(outcome -> insert(AuditType.ROTATION_NOT_APPLIED, outcome));
    awaitAllSealed();

    Answer requested = as("auditor").get(EXPORT + "?format=ocsf&actor=" + requestId);
    Answer accepted = asking().get(EXPORT + "?actor=" + requestId);

    assertThat(requested.raw().body()).isEqualTo(accepted.raw().body()).endsWith("}\n");
    assertThat(requested.header("Content-Type")).isEqualTo("application/x-ndjson");
    assertThat(requested.header("Content-Disposition")).endsWith("Z.ocsf.ndjson\"");
    assertThat(lines(requested))
        .allSatisfy(OcsfIT::assertValid)
        .allSatisfy(event -> assertThat(event.path("unmapped").has("chainHash")).isFalse())
        .extracting(event -> event.at("/metadata/event_code").asString())
        .hasSize(AuditType.values().length + AuditOutcome.values().length)
        .containsAll(Arrays.stream(AuditType.values()).map(AuditType::text).toList());
  }

  @Test
  void exportOfTheChainHasItsHashesAndIsRecorded() {
    insert(AuditType.CREDENTIAL_EXPIRED, null);
    awaitAllSealed();

    List<JsonNode> events = lines(as("auditor").get(EXPORT + "?format=ocsf"));

    assertThat(events)
        .hasSizeGreaterThanOrEqualTo(1)
        .allSatisfy(OcsfIT::assertValid)
        .allSatisfy(
            event -> {
              assertThat(event.at("/unmapped/rowHash").asString())
                  .isEqualTo(seal("row_hash", event));
              assertThat(event.at("/unmapped/chainHash").asString())
                  .isEqualTo(seal("chain_hash", event));
            });
    JsonNode recorded =
        items(as("auditor").get(SEARCH + "?type=audit.exported&limit=1")).getFirst();
    assertThat(recorded.at("/changes/0/to").asString()).isEqualTo("ocsf");
  }

  @Test
  void parameterIsStrongerThanTheHeader() {
    insert(AuditType.CREDENTIAL_EXPIRED, null);

    assertThat(asking().get(SEARCH + "?format=json&limit=1").header("Content-Type"))
        .isEqualTo("application/json");
    assertThat(asking().get(EXPORT + "?format=csv&actor=x").header("Content-Type"))
        .isEqualTo("text/csv;charset=UTF-8");
  }

  @Test
  void fieldsAreRefusedBecauseEventsAreWhole() {
    for (String path : List.of(SEARCH, TAIL)) {
      for (Answer refused :
          List.of(
              asking().get(path + "?fields=id"),
              as("auditor").get(path + "?format=ocsf&fields=id"))) {
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.text("/type")).isEqualTo("/problems/invalid-parameter");
        assertThat(refused.text("/detail"))
            .startsWith("Events in OCSF are whole: leave fields out");
      }
      assertThat(asking().get(path + "?format=json&fields=id").header("Content-Type"))
          .isEqualTo("application/json;items=partial");
    }
  }

  @Test
  void pageMayHaveItsTotal() {
    insert(AuditType.CREDENTIAL_EXPIRED, null);
    insert(AuditType.CREDENTIAL_EXPIRED, null);
    String search = SEARCH + "?limit=1&total=estimate&q=" + requestId;

    for (Answer page : List.of(asking().get(search), as("auditor").get(search + "&format=ocsf"))) {
      assertThat(page.header("Content-Type")).isEqualTo(OCSF);
      assertThat(page.body().propertyNames()).containsExactly("items", "nextCursor", "total");
      // A loaded machine may need longer than a count may take.
      assertThat(page.body().at("/total/count").asInt()).isEqualTo(2);
      assertThat(items(page)).singleElement().satisfies(OcsfIT::assertValid);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"*/*", "application/json", "application/json, */*;q=0.1"})
  void otherHeadersMeanJson(String accept) {
    Http client = as("auditor").with("Accept", accept);

    assertThat(client.get(SEARCH + "?limit=1").header("Content-Type"))
        .isEqualTo("application/json");
    assertThat(client.get(TAIL + "?limit=1").header("Content-Type")).isEqualTo("application/json");
    assertThat(client.get(EXPORT + "?actor=nobody").raw().body()).contains("\"kind\":\"trailer\"");
  }

  @Test
  void unknownFormatIsRefusedWithTheKnownOnes() {
    assertRefused(SEARCH, "format has to be one of [json, ocsf].");
    assertRefused(TAIL, "format has to be one of [json, ocsf].");
    assertRefused(EXPORT, "format has to be one of [ndjson, csv, ocsf].");
  }

  private void assertRefused(String path, String detail) {
    Answer refused = asking().get(path + "?format=xml");
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(refused.text("/type")).isEqualTo("/problems/invalid-parameter");
    assertThat(refused.text("/detail")).isEqualTo(detail);
  }

  @Test
  void otherRoutesHaveNoOcsf() {
    insert(AuditType.CREDENTIAL_EXPIRED, null);
    String id = texts(as("auditor").get(SEARCH + "?q=" + requestId), "/id").getFirst();

    assertThat(asking().get("/api/v1/credentials").text("/type"))
        .isEqualTo("/problems/not-acceptable");
    assertThat(asking().get(SEARCH + "/" + id).text("/type")).isEqualTo("/problems/not-acceptable");
  }

  private Http asking() {
    return as("auditor").with("Accept", OCSF);
  }

  private void insert(AuditType type, @Nullable AuditOutcome outcome) {
    execute(
        """
        insert into audit_event (id, type, occurred_at, outcome, actor_id, actor_kind, upstream,
          subject, upstream_id, request_id)
        values (test_uuidv7(), ?, now(), ?, ?, 'system', 'keycard',
          'organizations/acme/service-accounts/checkout', 'cred-1', ?)
        """,
        type.text(),
        outcome == null ? null : outcome.text(),
        requestId,
        requestId);
  }

  private static void assertValid(JsonNode event) {
    assertThat(CHECK.violations(event)).isEmpty();
  }

  /** A hash in the seal of an event. */
  private static String seal(String column, JsonNode event) {
    return String.valueOf(
        query(
                "select encode(" + column + ", 'hex') as hash from audit_seal where seq = ?",
                event.at("/metadata/sequence").asLong())
            .getFirst()
            .get("hash"));
  }

  private static List<JsonNode> items(Answer page) {
    return page.body().path("items").valueStream().toList();
  }

  private static List<String> texts(Answer page, String pointer) {
    return items(page).stream().map(event -> event.at(pointer).asString()).toList();
  }

  private static List<JsonNode> lines(Answer export) {
    return export.raw().body().lines().map(JsonMapper.shared()::readTree).toList();
  }

  private static String link(Answer page) {
    String link = Objects.requireNonNull(page.header("Link"));
    return link.substring(1, link.indexOf('>'));
  }
}
