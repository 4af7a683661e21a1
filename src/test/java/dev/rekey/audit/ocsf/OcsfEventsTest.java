package dev.rekey.audit.ocsf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.audit.AuditEvent;
import dev.rekey.audit.AuditEvent.Actor;
import dev.rekey.audit.AuditEvent.ActorKind;
import dev.rekey.audit.AuditEvent.Change;
import dev.rekey.audit.AuditEvent.Source;
import dev.rekey.audit.AuditOutcome;
import dev.rekey.audit.AuditType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Checks each type of event against the schema that OCSF publishes, and against docs/ocsf.md. */
class OcsfEventsTest {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final OcsfEvents EVENTS = new OcsfEvents("0.1.0");
  private static final OcsfCheck OF_ITS_VERSION =
      new OcsfCheck(OcsfSchema.ofVersion(OcsfEvents.VERSION));
  private static final OcsfCheck OF_THE_NEWEST = new OcsfCheck(OcsfSchema.ofVersion("1.8.0"));

  private static final String HASH = "0123456789abcdef".repeat(4);
  private static final Actor CALLER =
      new Actor("github:repo:acme/shop", "shop", "payments", ActorKind.caller);
  private static final Actor ANONYMOUS = new Actor("payments", null, null, ActorKind.caller);
  private static final Actor PERSON = new Actor("ada", null, "payments", ActorKind.person);
  private static final Actor REKEY = new Actor("rekey", null, null, ActorKind.system);

  @ParameterizedTest
  @EnumSource
  void everyTypeWithEveryOutcomeIsValid(AuditType type) {
    assertThat(
            Stream.concat(
                variants(type, null),
                Arrays.stream(AuditOutcome.values()).flatMap(outcome -> variants(type, outcome))))
        .hasSize(35)
        .allSatisfy(
            event -> {
              ObjectNode shown = shown(event);
              assertThat(OF_ITS_VERSION.violations(shown)).isEmpty();
              ((ObjectNode) shown.path("metadata")).put("version", "1.8.0");
              assertThat(OF_THE_NEWEST.violations(shown)).isEmpty();
            });
  }

  private static Stream<AuditEvent> variants(AuditType type, @Nullable AuditOutcome outcome) {
    return Stream.of(
        event(type, outcome, CALLER, new Source("203.0.113.7", "curl/8")),
        event(type, outcome, CALLER, new Source("2001:db8::1", null)),
        event(type, outcome, ANONYMOUS, new Source(null, null)),
        event(type, outcome, PERSON, new Source(null, null)),
        bare(type, outcome));
  }

  private static AuditEvent event(
      AuditType type, @Nullable AuditOutcome outcome, Actor actor, Source source) {
    return new AuditEvent(
        UUID.fromString("019aa8a6-0d1e-7f2a-9b3c-4d5e6f708192"),
        4_711L,
        type,
        Instant.parse("2026-11-22T09:31:00.123456Z"),
        outcome,
        "a reason",
        actor,
        "conductorone",
        "apps/crm/connectors/okta",
        "cred-1",
        UUID.fromString("019aa8a6-0d1e-7f2a-9b3c-000000000001"),
        UUID.fromString("019aa8a6-0d1e-7f2a-9b3c-000000000002"),
        "request-1",
        "0af7651916cd43dd8448eb211c80319c",
        source,
        List.of(new Change("repeats", null, "17"), new Change("name", "a", null)),
        false,
        1,
        HASH);
  }

  /** Rekey's own event, with nothing that may be missing, not sealed. */
  private static AuditEvent bare(AuditType type, @Nullable AuditOutcome outcome) {
    return new AuditEvent(
        UUID.randomUUID(),
        null,
        type,
        Instant.EPOCH,
        outcome,
        null,
        REKEY,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        List.of(),
        true,
        1,
        null);
  }

  private static ObjectNode shown(AuditEvent event) {
    return (ObjectNode) JSON.readTree(JSON.writeValueAsBytes(EVENTS.of(event, null)));
  }

  @Test
  void everyPartOfAnEventIsShown() {
    var event = event(AuditType.UPDATE_REJECTED, AuditOutcome.REJECTED, CALLER, ip());

    assertThat(JSON.readTree(JSON.writeValueAsBytes(EVENTS.of(event, "f".repeat(64)))))
        .isEqualTo(
            JSON.readTree(
                """
                {
                  "activity_id": 3, "activity_name": "Update",
                  "category_uid": 6, "category_name": "Application Activity",
                  "class_uid": 6003, "class_name": "API Activity",
                  "type_uid": 600303, "type_name": "API Activity: Update",
                  "time": 1795339860123,
                  "severity_id": 2, "severity": "Low",
                  "status_id": 2, "status": "Failure", "status_code": "rejected",
                  "status_detail": "a reason",
                  "message": "credential.update.rejected: apps/crm/connectors/okta",
                  "metadata": {
                    "uid": "019aa8a6-0d1e-7f2a-9b3c-4d5e6f708192",
                    "event_code": "credential.update.rejected", "sequence": 4711,
                    "correlation_uid": "019aa8a6-0d1e-7f2a-9b3c-000000000002",
                    "product": {"name": "Rekey", "vendor_name": "Rekey", "version": "0.1.0"},
                    "log_name": "audit-events", "log_provider": "Rekey", "log_version": "1",
                    "version": "1.3.0"
                  },
                  "actor": {
                    "app_uid": "shop",
                    "user": {
                      "uid": "github:repo:acme/shop", "type_id": 0, "type": "Unknown",
                      "groups": [{"name": "payments", "type": "team"}]
                    }
                  },
                  "api": {
                    "operation": "update", "service": {"name": "Rekey"},
                    "request": {"uid": "request-1"}
                  },
                  "src_endpoint": {"ip": "203.0.113.7"},
                  "http_request": {"uid": "request-1", "user_agent": "curl/8"},
                  "resources": [
                    {"type": "credential", "uid": "cred-1", "namespace": "conductorone"},
                    {
                      "type": "credential", "uid": "019aa8a6-0d1e-7f2a-9b3c-000000000001",
                      "namespace": "rekey"
                    },
                    {
                      "type": "rotation", "uid": "019aa8a6-0d1e-7f2a-9b3c-000000000002",
                      "namespace": "rekey"
                    },
                    {
                      "type": "connectors", "uid": "okta", "name": "apps/crm/connectors/okta",
                      "namespace": "conductorone", "group": {"type": "apps", "uid": "crm"}
                    }
                  ],
                  "unmapped": {
                    "occurredAt": "2026-11-22T09:31:00.123456Z", "backfilled": false,
                    "changes": [
                      {"field": "repeats", "from": null, "to": "17"},
                      {"field": "name", "from": "a", "to": null}
                    ],
                    "traceId": "0af7651916cd43dd8448eb211c80319c",
                    "rowHash": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                    "chainHash": "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
                  }
                }
                """));
  }

  private static Source ip() {
    return new Source("203.0.113.7", "curl/8");
  }

  @Test
  void rekeysOwnEventHasNoStatusWithoutAnOutcome() {
    JsonNode shown = shown(bare(AuditType.CREDENTIAL_EXPIRED, null));

    assertThat(shown.has("status_id")).isFalse();
    assertThat(shown.path("activity_name").asString()).isEqualTo("remind");
    assertThat(shown.at("/actor/app_name").asString()).isEqualTo("Rekey");
    assertThat(shown.at("/actor/user/type").asString()).isEqualTo("System");
    assertThat(shown.at("/src_endpoint/svc_name").asString()).isEqualTo("rekey");
  }

  @Test
  void requestJoinsTheEventsOfAChangeWithoutARotation() {
    AuditEvent full = event(AuditType.DELETE_REQUESTED, null, CALLER, ip());
    var withoutRotation =
        new AuditEvent(
            full.id(),
            full.seq(),
            full.type(),
            full.occurredAt(),
            full.outcome(),
            full.reason(),
            full.actor(),
            full.upstream(),
            full.subject(),
            full.upstreamId(),
            full.credentialId(),
            null,
            full.requestId(),
            full.traceId(),
            full.source(),
            full.changes(),
            full.backfilled(),
            full.schemaVersion(),
            full.rowHash());

    assertThat(shown(withoutRotation).at("/metadata/correlation_uid").asString())
        .isEqualTo("request-1");
  }

  @Test
  void denialStandsForItsRepeats() {
    AuditEvent denial = event(AuditType.ACCESS_DENIED, AuditOutcome.DENIED, CALLER, ip());

    assertThat(shown(denial).path("count").asInt()).isEqualTo(17);
    assertThat(shown(bare(AuditType.ACCESS_DENIED, AuditOutcome.DENIED)).has("count")).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /colour                     | "red"             | colour: is not an attribute of api_activity
          /cloud                      | {}                | cloud: is not an attribute of api_activity
          /type_uid                   | 600301            | type_uid: is not class_uid * 100 + activity_id
          /type_uid                   | 600301            | type_uid: type_name is not API Activity: Create
          /type_uid                   | 600305            | type_uid: is not one of
          /activity_id                | 5                 | activity_id: is not one of
          /activity_name              | "Create"          | activity_id: activity_name is not Update
          /class_uid                  | 6004              | class_uid: is not one of [6003]
          /class_name                 | "Other"           | class_uid: class_name is not API Activity
          /category_uid               | 3                 | category_uid: is not one of [6]
          /status                     | "Success"         | status_id: status is not Failure
          /severity_id                | 7                 | severity_id: is not one of
          /severity_id                | "2"               | severity_id: is not of type integer_t
          /time                       | "2026-11-22"      | time: is not of type long_t
          /time                       | 1.5               | time: is not of type long_t
          /time                       | null              | time: is not of type long_t
          /message                    | 1                 | message: is not of type string_t
          /message                    | ["a"]             | message: is not of type string_t
          /metadata/version           | "1.8.0"           | metadata.version: is not 1.3.0
          /metadata/labels            | "one"             | metadata.labels: is not an array
          /metadata/product           | {"name": "Rekey"} | metadata.product: lacks vendor_name
          /actor                      | {}                | actor: at_least_one of
          /actor/user                 | {"type_id": 0}    | actor.user: at_least_one of
          /actor/user/type            | "User"            | actor.user.type_id: type is not Unknown
          /actor/process              | {}                | actor.process: the extract lacks the object process
          /api/request                | {}                | api.request: lacks uid
          /src_endpoint               | {}                | src_endpoint: at_least_one of
          /src_endpoint/ip            | "here"            | src_endpoint.ip: is not of type ip_t
          /src_endpoint/port          | 70000             | src_endpoint.port: is not of type port_t
          /http_request/http_method   | "FETCH"           | http_request.http_method: is not one of
          /resources                  | {}                | resources: is not an array
          /resources/0                | {"type": "a"}     | resources[]: at_least_one of
          /resources/0/rowHash        | "b"               | resources[].rowHash: is not an attribute of resource_details
          /unmapped                   | "text"            | unmapped: is not an object
          """)
  void checkFindsWhatTheSchemaForbids(String pointer, String value, String violation) {
    ObjectNode event = shown(event(AuditType.UPDATE_REJECTED, AuditOutcome.REJECTED, CALLER, ip()));
    assertThat(OF_ITS_VERSION.violations(event)).isEmpty();

    set(event, JsonPointer.compile(pointer), JSON.readTree(value));

    assertThat(OF_ITS_VERSION.violations(event)).anyMatch(found -> found.startsWith(violation));
  }

  private static void set(JsonNode event, JsonPointer pointer, JsonNode value) {
    JsonPointer last = pointer.last();
    switch (event.at(pointer.head())) {
      case ObjectNode owner -> owner.set(last.getMatchingProperty(), value);
      case ArrayNode owner -> owner.set(last.getMatchingIndex(), value);
      case JsonNode other -> throw new AssertionError(other);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "activity_id",
        "category_uid",
        "class_uid",
        "type_uid",
        "time",
        "severity_id",
        "metadata",
        "actor",
        "api",
        "src_endpoint"
      })
  void checkFindsAMissingAttribute(String name) {
    ObjectNode event = shown(bare(AuditType.AUDIT_EXPORTED, null));

    event.remove(name);

    assertThat(OF_ITS_VERSION.violations(event)).contains(": lacks " + name);
    assertThat(OF_THE_NEWEST.violations(event)).contains(": lacks " + name);
  }

  @Test
  void checkFindsADeprecatedAttribute() {
    ObjectNode event = shown(event(AuditType.UPDATE_REJECTED, AuditOutcome.REJECTED, CALLER, ip()));

    ((ObjectNode) event.at("/actor/user")).put("credential_uid", "a");

    assertThat(OF_THE_NEWEST.violations(event))
        .contains("actor.user.credential_uid: is deprecated");
  }

  @Test
  void documentHasARowForEachType() throws IOException {
    assertThat(Files.readAllLines(Path.of("docs/ocsf.md")))
        .filteredOn(line -> line.matches("\\| `[a-z.-]+` \\| `[a-z-]+` \\| \\w+ \\| \\w+ \\|"))
        .containsExactlyElementsOf(
            Arrays.stream(AuditType.values()).map(OcsfEventsTest::row).toList());
  }

  private static String row(AuditType type) {
    JsonNode shown = shown(bare(type, null));
    return "| `%s` | `%s` | %s | %s |"
        .formatted(
            type.text(),
            shown.at("/api/operation").asString(),
            shown.path("type_name").asString().replace("API Activity: ", ""),
            shown.path("severity").asString());
  }
}
