package dev.rekey.contract;

import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.run.Http.Answer;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes a request that succeeds, for each operation of the contract. */
abstract class ContractIT extends RekeyIT {

  static final Contract CONTRACT = Contract.read();

  /** The webhook target of {@link #deadWebhook}; a test has to configure it. */
  static final String TARGET = "contract";

  private static final String CONNECTOR = "/api/v1/apps/crm/connectors/okta/credentials";

  /** A request for the operation, with everything that it needs prepared. */
  final Request request(Operation operation) {
    return switch (operation.id()) {
      case "rotateConnectorCredential" -> post(ROTATE, OKTA);
      case "rotateConnectorCredentialLegacy" -> post(CONNECTOR, "{}");
      case "getConnectorCredential" -> get(CONNECTOR + "/" + rotated().text("/credential/id"));
      case "revokeConnectorCredential" ->
          post(CONNECTOR + "/" + rotated().text("/credential/id"), "{}");
      case "listAuditCheckpoints" -> get("/api/v1/audit-checkpoints?limit=1");
      case "searchAuditEvents" -> get("/api/v1/audit-events?limit=1");
      case "aggregateAuditEvents" ->
          get("/api/v1/audit-events/aggregate?groupBy=outcome,type&bucket=15m");
      case "exportAuditEvents" -> get("/api/v1/audit-events/export");
      case "tailAuditEvents" -> get("/api/v1/audit-events/tail?limit=1");
      case "streamAuditEvents" -> get("/api/v1/audit-events/stream?afterSeq=0");
      case "getAuditEvent" -> get("/api/v1/audit-events/" + event());
      case "listCredentials" -> get("/api/v1/credentials?limit=1");
      case "adoptCredential" ->
          post("/api/v1/credentials", adoption("keycard", CHECKOUT_SUBJECT, createdOutside()));
      case "getCredential" -> get("/api/v1/credentials/" + credential(rotated()));
      case "getCredentialTimeline" ->
          get("/api/v1/credentials/" + credential(rotated()) + "/timeline?limit=1");
      case "listRotations" -> get("/api/v1/rotations?limit=1");
      case "getRotation" -> get(rotation(rotated()));
      case "confirmRotation" -> post(rotation(replaced()) + "/confirm", "{\"graceSeconds\":60}");
      case "reissueRotation" -> post(rotation(created()) + "/reissue", "{}");
      case "resolveRotation" ->
          post(rotation(unknown()) + "/resolve", "{\"reason\":\"checked\"}").from(as("admin"));
      case "revertRotation" -> post(rotation(replaced()) + "/revert", "{}");
      case "listFindings" -> get("/api/v1/findings?limit=1");
      case "countFindings" -> get("/api/v1/findings/counts");
      case "getFinding" -> get(finding());
      case "acceptFinding" ->
          post(finding() + "/accept", json("until", soon(), "reason", "checked"));
      case "snoozeFinding" -> post(finding() + "/snooze", json("until", soon()));
      case "reopenFinding" -> {
        String finding = finding();
        post(finding + "/snooze", json("until", soon())).send();
        yield post(finding + "/reopen", "{}");
      }
      case "listPolicies" -> get("/api/v1/policies");
      case "previewPolicies" -> get("/api/v1/policies/preview");
      case "pausePolicies" -> pause();
      case "resumePolicies" -> {
        pause().send();
        yield post("/api/v1/policies/resume", "{\"reason\":\"checked\"}").from(as("admin"));
      }
      case "getSummary" -> get("/api/v1/summary");
      case "getTeamSummary" -> get("/api/v1/summary/teams");
      case "listWebhookDeliveries" -> get("/api/v1/webhook-deliveries?limit=1").from(as("admin"));
      case "redeliverWebhook" ->
          post("/api/v1/webhook-deliveries/" + deadWebhook() + "/redeliver", null)
              .from(as("admin"));
      case "listServiceAccountCredentials" -> get(CHECKOUT);
      case "createServiceAccountCredential" -> post(CHECKOUT, named());
      case "getServiceAccountCredential" -> get(CHECKOUT + "/" + created().text("/id"));
      case "updateServiceAccountCredential" ->
          post(CHECKOUT + "/" + created().text("/id"), named()).method("PATCH");
      case "deleteServiceAccountCredential" ->
          get(CHECKOUT + "/" + created().text("/id")).method("DELETE");
      case "rotateServiceAccountCredential" ->
          post(CHECKOUT + "/" + created().text("/id") + "/rotate", "{}").keyed();
      default -> throw new AssertionError("there is no request for " + operation.id());
    };
  }

  static final String CHECKOUT_SUBJECT = "organizations/acme/service-accounts/checkout";

  /** The path of a new finding. */
  private static String finding() {
    return "/api/v1/findings/" + finding("no-owner", OKTA_SUBJECT, "{\"credentials\": 1}");
  }

  private static String soon() {
    return Instant.now().plusSeconds(60).toString();
  }

  private Request pause() {
    return post("/api/v1/policies/pause", json("until", soon(), "reason", "checked"))
        .from(as("admin"));
  }

  private Request get(String path) {
    return new Request(as("payments"), "GET", path, null);
  }

  private Request post(String path, @Nullable String body) {
    return new Request(as("payments"), "POST", path, body);
  }

  static String named() {
    return "{\"name\":\"ci-%s\",\"description\":\"nightly\"}".formatted(UUID.randomUUID());
  }

  static String adoption(String upstream, String subject, String upstreamId) {
    return "{\"upstream\":\"%s\",\"subject\":\"%s\",\"upstreamId\":\"%s\"}"
        .formatted(upstream, subject, upstreamId);
  }

  private static String credential(Answer minted) {
    return Objects.requireNonNull(minted.header("Rekey-Credential-Id"));
  }

  /** The path of the rotation that a response names. */
  static String rotation(Answer minted) {
    return "/api/v1/rotations/" + minted.header("Rekey-Rotation-Id");
  }

  private Answer rotated() {
    return succeeded(as("payments").post(ROTATE, OKTA));
  }

  final Answer created() {
    return succeeded(as("payments").post(CHECKOUT, named()));
  }

  private Answer replaced() {
    return succeeded(post(CHECKOUT + "/" + created().text("/id") + "/rotate", "{}").keyed().send());
  }

  /** A rotation with an unknown outcome that Rekey no longer checks. */
  private Answer unknown() {
    control().fault("keycard", "create", "reset-before", "\"times\":1");
    Answer unknown = as("payments").post(CHECKOUT, named());
    assertThat(unknown.status()).isEqualTo(504);
    execute(
        "update rotation_attempt set next_check_at = null where rotation_id = ?::uuid",
        unknown.text("/rotationId"));
    return unknown;
  }

  private static String createdOutside() {
    return keycardDirectly().post(CHECKOUT, named()).text("/id");
  }

  private String event() {
    rotated();
    return as("payments").get("/api/v1/audit-events?limit=1").text("/items/0/id");
  }

  private static String deadWebhook() {
    var id = UUID.randomUUID();
    execute(
        """
        insert into webhook_delivery
          (id, target, event_id, event_type, order_key, body, state, settled_at)
        values (?, ?, gen_random_uuid(), 'credential.missing', ?, '{}', 'DEAD', now())
        """,
        id,
        TARGET,
        id.toString());
    return id.toString();
  }

  private static Answer succeeded(Answer answer) {
    assertThat(answer.status()).as(answer.raw().body()).isBetween(200, 299);
    return answer;
  }
}
