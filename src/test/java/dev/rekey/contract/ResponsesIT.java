package dev.rekey.contract;

import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import dev.rekey.audit.EventFormat;
import dev.rekey.run.EventSource;
import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import dev.rekey.run.KubernetesControl;
import dev.rekey.run.Tokens;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.context.annotation.Import;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import sandbox.Sandbox;

/**
 * Produces every response that the contract lists, over HTTP: each success and each problem of each
 * operation. Compares each with the contract.
 */
@Import(Faults.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
// Otherwise its jobs go on, and queue webhooks while other tests count theirs.
@DirtiesContext
class ResponsesIT extends ContractIT {

  private static final Produced PRODUCED = new Produced(CONTRACT);
  private static final Executor THREADS = Executors.newVirtualThreadPerTaskExecutor();
  private static final int MINTS_PER_MINUTE = 600;
  private static final String ENCRYPT_TO = "Rekey-Encrypt-To";
  private static final String DELIVER = "Rekey-Deliver";

  @DynamicPropertySource
  static void settings(DynamicPropertyRegistry registry) {
    surroundings().properties().entrySet().stream()
        .filter(entry -> entry.getKey().startsWith("rekey.access.grants"))
        .forEach(entry -> registry.add(entry.getKey(), entry::getValue));
    // So that the team search sees rotations that it must not change.
    registry.add("rekey.access.grants[1].all-teams", () -> "true");
    registry.add("rekey.access.cors-origins[0]", () -> "https://dashboard.example.com");
    registry.add("rekey.access.mints-per-minute", () -> MINTS_PER_MINUTE);
    registry.add("rekey.rotation.require-idempotency-key[0]", () -> "apps/*/connectors/github");
    registry.add(
        "rekey.rotation.require-idempotency-key[1]",
        () -> "organizations/*/service-accounts/indexer");
    registry.add("rekey.upstreams.conductorone.http.read-timeout", () -> "2s");
    registry.add("rekey.upstreams.keycard.http.read-timeout", () -> "2s");
    registry.add("rekey.encryption.teams[0].team", () -> "payments");
    registry.add("rekey.encryption.teams[0].keys", () -> key("payments"));
    registry.add("rekey.encryption.teams[1].team", () -> "search");
    registry.add("rekey.encryption.teams[1].keys", () -> key("search"));
    registry.add("rekey.encryption.teams[1].required", () -> "true");
    registry.add("rekey.encryption.teams[2].team", () -> "admin");
    registry.add("rekey.encryption.teams[2].jwk-set-uri", () -> "http://localhost:1/keys");
    registry.add("rekey.notifications.targets[0].name", () -> TARGET);
    registry.add("rekey.notifications.targets[0].url", () -> "http://localhost:1/never-called");
    registry.add("rekey.notifications.targets[0].secrets[0]", () -> "never-used-to-sign-anything");
    registry.add("rekey.notifications.deliver-every", () -> "P1D");
    registry.add("spring.datasource.hikari.connection-timeout", () -> "500");
    registry.add("spring.datasource.hikari.maximum-pool-size", () -> "20");
  }

  private static String key(String kid) {
    try {
      return new ECKeyGenerator(Curve.P_256).keyID(kid).generate().toPublicJWK().toJSONString();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private final KubernetesControl cluster = new KubernetesControl(surroundings().sandbox());

  /** The caller of the team that gets secrets only encrypted. */
  private Http search() {
    return as("search").with(ENCRYPT_TO, "search");
  }

  @AfterAll
  static void removeWebhooks() {
    execute("delete from webhook_delivery where target = ?", TARGET);
  }

  @Test
  @Order(1)
  void success() {
    for (Operation operation : CONTRACT.operations()) {
      Request request = request(operation);
      PRODUCED.add(operation, request.send());
      if (operation.responses().containsKey("304")) {
        // An event that is sealed meanwhile changes a response.
        await().until(() -> isNotModified(operation, request));
      }
      if (operation.id().equals("adoptCredential")) {
        PRODUCED.add(operation, request.send());
      }
      if (operation.id().equals("exportAuditEvents")) {
        PRODUCED.add(operation, request.query("format=csv").send());
        PRODUCED.add(operation, request.query("format=ocsf").send());
      }
      if (!operation.successSchemas(EventFormat.OCSF_VALUE).isEmpty()) {
        PRODUCED.add(operation, request.query("format=ocsf").send());
        PRODUCED.add(operation, request.header("Accept", EventFormat.OCSF_VALUE).send());
      }
      if (operation.id().equals("aggregateAuditEvents")) {
        for (String other : List.of("shape=rows", "shape=totals&top=1", "format=csv")) {
          PRODUCED.add(operation, request.query(other).send());
        }
      }
      if (operation.id().equals("listCredentials")) {
        PRODUCED.add(operation, request.replacing("?limit=1", "?format=csv").send());
      }
      if (operation.takesQuery("fields")) {
        PRODUCED.add(operation, request.query("fields=id").send());
      }
      if (operation.takesQuery("total")) {
        PRODUCED.add(operation, request.query("total=estimate").send());
      }
      if (operation.takesHeader(ENCRYPT_TO)) {
        PRODUCED.add(operation, keyed(operation).header(ENCRYPT_TO, "payments").send());
      }
      if (operation.takesHeader(DELIVER)) {
        for (String mode : List.of("only", "also")) {
          Request mint = keyed(operation).header(DELIVER, mode);
          forgetDeliveries();
          PRODUCED.add(operation, mint.send());
        }
      }
    }
  }

  /** Otherwise a credential in a Secret would be left behind, which Rekey refuses. */
  private void forgetDeliveries() {
    cluster.putSecret(
        "identity", "okta-connector", Map.of("rekey.dev/subject", OKTA_SUBJECT), Map.of());
    cluster.putSecret(
        "payments", "checkout-keycard", Map.of("rekey.dev/subject", CHECKOUT_SUBJECT), Map.of());
  }

  @Test
  @Order(4)
  void deliveries() {
    BiFunction<Operation, Request, Request> delivered =
        (operation, request) -> keyed(operation, request).header(DELIVER, "only");
    cluster.down();
    produce("delivery-not-possible", delivered);
    cluster.up();
    produce(
        "no-delivery-target",
        (operation, request) ->
            (operation.id().equals("rotateServiceAccountCredential")
                    ? request
                        .from(search().with("Idempotency-Key", "no-target"))
                        .aboutAnotherSubject()
                    : withoutKey(operation, request).keyed())
                .header(DELIVER, "only"));
    // A mint parks the deliveries of its own subject, so these rotations are of another one.
    var others = new LinkedHashMap<String, String>();
    for (String target : List.of("okta-secret", "checkout-secret")) {
      Answer other =
          search()
              .with("Idempotency-Key", target)
              .post(ROTATE, json("appId", "crm", "connectorId", "github"));
      others.put(target, String.valueOf(other.header("Rekey-Rotation-Id")));
    }
    others.forEach(
        (target, rotation) ->
            execute(
                """
                insert into secret_delivery (
                  rotation_id, attempt_id, target, place, mode, state, reserved_at)
                select rotation_id, id, ?, 'somewhere', 'ONLY', 'OUTSTANDING', now()
                from rotation_attempt where rotation_id = ?::uuid
                """,
                target,
                rotation));
    produce(
        "delivery-in-progress",
        (operation, request) ->
            operation.takesHeader(DELIVER)
                ? delivered.apply(operation, request)
                : withoutItsSecret(request));
    execute("delete from secret_delivery where place = 'somewhere'");
  }

  /** About a credential whose secret is on its way. */
  private static Request withoutItsSecret(Request request) {
    execute(
        """
        insert into secret_delivery (
          rotation_id, attempt_id, target, place, mode, state, reserved_at)
        select a.rotation_id, a.id, a.id::text, 'somewhere', 'ONLY', 'OUTSTANDING', now()
        from credential c join rotation_attempt a on a.rotation_id = c.rotation_id
        where c.upstream_id = ?
        """,
        request.path().replaceFirst("\\?.*", "").replaceFirst(".*/", ""));
    return request;
  }

  /** A new request that repeats none. */
  private Request keyed(Operation operation) {
    Request request = request(operation);
    return operation.requiresHeader("Idempotency-Key") ? request : request.keyed();
  }

  private static boolean isNotModified(Operation operation, Request request) {
    String tag = String.valueOf(request.send().header("ETag"));
    Answer again = request.header("If-None-Match", tag).send();
    PRODUCED.add(operation, again);
    return again.status() == 304;
  }

  @Test
  @Order(2)
  void access() {
    produce("unauthenticated", request -> request.from(anonymous()));
    produce("insufficient-scope", this::withoutScope);
    produce("origin-not-allowed", request -> request.header("Origin", "https://example.org"));
    produce(
        "no-grant",
        request ->
            request.path().matches("/api/v1/(rotations|findings)/.*")
                ? request.from(as("search"))
                : request.aboutAnotherSubject());
    produce("not-found", ResponsesIT::notFound);
    produce("unknown-organization", request -> request.replacing("acme", "nowhere"));
  }

  @Test
  @Order(2)
  void encryption() {
    produce("unknown-encryption-key", request -> request.header(ENCRYPT_TO, "unknown"));
    produce(
        "encryption-keys-unavailable",
        request -> request.from(as("admin")).header(ENCRYPT_TO, "any"));
    produce(
        "encryption-required",
        (operation, request) ->
            operation.id().equals("reissueRotation")
                ? withoutKey(operation, request).from(as("search"))
                : request.from(as("search").with("Idempotency-Key", "new")).aboutAnotherSubject());
  }

  /** With Rekey's id of the credential on an upstream's route. */
  private static Request notFound(Operation operation, Request request) {
    if (!operation.path().contains("{upstreamId}")) {
      return request.replacingUuid(UUID.randomUUID().toString());
    }
    String id = request.path().replaceFirst(".*/credentials/([^/]+).*", "$1");
    Object own = query("select id from credential where upstream_id = ?", id).getFirst().get("id");
    return request.replacing(id, String.valueOf(own));
  }

  private Request withoutScope(Operation operation, Request request) {
    String other = operation.scope().equals("audit:read") ? "credentials:read" : "audit:read";
    return request.from(
        anonymous().bearer(Tokens.withScope(surroundings().sandbox(), "auditor", other)));
  }

  @Test
  @Order(2)
  void unusableRequests() {
    produce("malformed-url", request -> request.header("X-Large", "x".repeat(9_000)));
    produce("malformed-url", request -> request.header("Authorization", "Bearer another"));
    produce("unknown-parameter", request -> request.query("colour=red"));
    produce("invalid-request", request -> request.body("{"));
    produce("invalid-id", ResponsesIT::withInvalidId);
    produce("invalid-parameter", ResponsesIT::withInvalidParameter);
    produce("invalid-cursor", request -> request.query("cursor=x"));
    produce("method-not-allowed", request -> request.method("PUT"));
    produce("not-acceptable", request -> request.header("Accept", "text/plain"));
    produce("body-too-large", request -> request.body(" ".repeat(64 * 1024) + "{}"));
    produce("unsupported-media-type", request -> request.header("Content-Type", "text/plain"));
    produce(
        "reserved-text", request -> request.body("{\"name\":\"x\",\"description\":\"[rekey:\"}"));
    produce("idempotency-key-required", this::withoutKey);
    produce("internal-error", request -> request.header(Faults.BUG, "true"));
  }

  private static Request withInvalidId(Operation operation, Request request) {
    return switch (operation.id()) {
      case "adoptCredential" -> request.body(adoption("keycard", CHECKOUT_SUBJECT, "a b"));
      case "rotateConnectorCredential" -> request.replacing("okta", "a b");
      default -> request.replacing("okta", "a%20b").replacing("checkout", "a%20b");
    };
  }

  private static Request withInvalidParameter(Operation operation, Request request) {
    return switch (operation.id()) {
      case "aggregateAuditEvents", "getSummary" -> request.query("timeZone=nowhere");
      case "getTeamSummary" -> request.query("team=");
      case "streamAuditEvents" -> request.replacing("afterSeq=0", "afterSeq=-1");
      case "previewPolicies" -> request.query("days=x");
      case "exportAuditEvents" -> request.query("format=pdf");
      case "listServiceAccountCredentials" -> request.query("limit=x");
      case "getServiceAccountCredential" -> request.query("expand=");
      case "deleteServiceAccountCredential", "revokeConnectorCredential" ->
          request.query("force=perhaps");
      default ->
          operation.takesHeader("Idempotency-Key")
              ? request.keyed().keyed()
              : request.replacingUuid("x").replacing("limit=1", "limit=x");
    };
  }

  private Request withoutKey(Operation operation, Request request) {
    return switch (operation.id()) {
      case "rotateServiceAccountCredential" ->
          new Request(as("payments"), request.method(), request.path(), request.body());
      case "reissueRotation" -> {
        Request create = request(CONTRACT.operation("createServiceAccountCredential"));
        Answer created = create.from(search()).aboutAnotherSubject().keyed().send();
        yield new Request(search(), "POST", rotation(created) + "/reissue", "{}");
      }
      default -> request.from(search()).aboutAnotherSubject();
    };
  }

  @Test
  @Order(3)
  void refusalsOfUpstreams() {
    for (int status : List.of(400, 404, 409, 422)) {
      produce(Integer.toString(status)::equals, "upstream-refused", failing("status", status));
    }
    produce("502"::equals, "upstream-refused", failing("status", 412));
    produce("upstream-denied-us", failing("status", 403));
    produce("upstream-rate-limited", failing("status", 429));
  }

  @Test
  @Order(3)
  void failuresOfUpstreams() {
    produce("upstream-failed", failing("status", 500));
    produce("upstream-unavailable", failing("no-backend", 0));
    produce("change-outcome-unknown", failing("reset-before", 0));
    produce("rotation-outcome-unknown", ResponsesIT::losingTheMint);
    produceAtOnce(
        "upstream-timed-out",
        () -> {
          control().fault("conductorone", "get", "hang");
          control().fault("keycard", "get", "hang");
          control().fault("keycard", "list", "hang");
        },
        () -> control().clearFaults());
  }

  /** The upstream fails when the operation calls it first. */
  private static BiFunction<Operation, Request, Request> failing(String fault, int status) {
    return (operation, request) -> {
      String rest = status == 0 ? "" : ",\"status\":" + status + ",\"retryAfter\":\"60\"";
      if (operation.id().equals("updateServiceAccountCredential") && status == 500) {
        control().fault("keycard", "get", fault, "\"times\":9" + rest);
        return withoutChange(operation, request);
      }
      // A 404 of what a reissue reads first shows that the credential is gone.
      boolean isMint = operation.id().equals("reissueRotation") && status != 500;
      String call = isMint ? operation.mint() : operation.upstreamCall();
      control().fault(operation.upstream(), call, fault, "\"times\":9" + rest);
      return request;
    };
  }

  /** An update without a change only reads. */
  private static Request withoutChange(Operation operation, Request request) {
    return operation.id().equals("updateServiceAccountCredential") ? request.body("{}") : request;
  }

  private static Request losingTheMint(Operation operation, Request request) {
    control().fault(operation.upstream(), operation.mint(), "reset-before", "\"times\":1");
    return request;
  }

  @Test
  @Order(4)
  void repetitions() {
    produce("repeated-mint", (operation, request) -> losingTheMint(operation, request).sent());
    produce("secret-not-replayable", (operation, request) -> keyed(operation, request).sent());
    produce(
        "rotation-unresolved",
        (operation, request) -> losingTheMint(operation, keyed(operation, request)).sent());
    produce(
        "idempotency-key-reused",
        (operation, request) -> {
          String key = UUID.randomUUID().toString();
          Http admin = as("admin").with("Idempotency-Key", key);
          request.from(admin).send();
          return request(operation).from(admin).replacing("okta", "github");
        });
  }

  private static Request keyed(Operation operation, Request request) {
    return operation.id().equals("rotateServiceAccountCredential") ? request : request.keyed();
  }

  @Test
  @Order(4)
  void statesOfRotations() {
    produce("wrong-state", this::inTheWrongState);
    produce(
        "credential-in-use",
        request -> {
          Answer rotation = as("admin").get(request.path().replaceFirst("/[a-z]+$", ""));
          Answer made = as("admin").get("/api/v1/credentials/" + rotation.text("/credentialId"));
          control().touch(made.text("/upstreamId"));
          return request;
        });
  }

  private Request inTheWrongState(Operation operation, Request request) {
    return switch (operation.id()) {
      case "resolveRotation" -> request.replacingUuid(rotation(created()).replaceFirst(".*/", ""));
      case "adoptCredential" -> {
        Request revoked = request(CONTRACT.operation("revokeConnectorCredential")).sent();
        String id = revoked.path().replaceFirst(".*/", "");
        yield request.body(adoption("conductorone", OKTA_SUBJECT, id));
      }
      case "acceptFinding", "snoozeFinding" -> {
        execute("update finding set state = 'resolved', resolved_at = now()");
        yield request;
      }
      case "rotateServiceAccountCredential" -> {
        control().fault("keycard", "create", "reset-after", "\"times\":1");
        as("payments").post(CHECKOUT, named());
        String orphan = control().mints().getLast();
        yield new Request(as("payments"), "POST", CHECKOUT + "/" + orphan + "/rotate", "{}")
            .keyed();
      }
      default -> request.sent();
    };
  }

  @Test
  @Order(4)
  void ownLogins() {
    for (Operation operation : CONTRACT.operations()) {
      if (operation.problems("409").contains("own-login")) {
        Request request = request(operation);
        as("payments").post(ROTATE, OKTA);
        // They read the credentials, and would write their client ids again.
        awaitFollowUps();
        execute(
            """
            update credential set client_id =
              case when upstream = 'keycard' then ? else ? end
            where recorded_at > now() - interval '5 s'
            """,
            Sandbox.KEYCARD_CLIENT_ID,
            Sandbox.CONDUCTORONE_CLIENT_ID);
        PRODUCED.add(operation, "409", "own-login", request.send());
        execute(
            "update credential set client_id = null where client_id in (?, ?)",
            Sandbox.KEYCARD_CLIENT_ID,
            Sandbox.CONDUCTORONE_CLIENT_ID);
      }
    }
  }

  @Test
  @Order(4)
  void concurrentRotations() {
    for (Operation operation : CONTRACT.operations()) {
      if (operation.problems("409").contains("rotation-in-progress")) {
        // Without a key, the second reissue of a rotation is refused for its state.
        Request request = keyed(operation, request(operation));
        control().fault(operation.upstream(), operation.mint(), "delay", "\"delayMs\":700");
        long pending = pending();
        var first = CompletableFuture.supplyAsync(request::send, THREADS);
        await().until(() -> pending() > pending);
        PRODUCED.add(operation, "409", "rotation-in-progress", request.send());
        first.join();
        control().clearFaults();
      }
    }
  }

  private long pending() {
    return numberOf("select count(*) from rotation where state = 'PENDING'");
  }

  @Test
  @Order(5)
  void withoutADatabase() {
    produceAtOnce(
        "record-unavailable",
        () -> {
          execute("alter role rekey_service nologin");
          execute(
              "select pg_terminate_backend(pid) from pg_stat_activity"
                  + " where usename = 'rekey_service'");
        },
        () -> execute("alter role rekey_service login"));
    await().until(() -> as("payments").get("/api/v1/credentials").status() == 200);
  }

  @Test
  @Order(5)
  void queriesThatTakeTooLong() throws SQLException {
    // An export is recorded first, in the partition of this month.
    String oldest =
        String.valueOf(
            query(
                    "select min(inhrelid::regclass::text) as name from pg_inherits"
                        + " where inhparent = 'audit_event'::regclass")
                .getFirst()
                .get("name"));
    var others =
        Set.of(
            "exportAuditEvents",
            "listCredentials",
            "listFindings",
            "countFindings",
            "listRotations",
            "getSummary",
            "getTeamSummary");
    produceBehindALock("audit_event", id -> !others.contains(id));
    produceBehindALock("credential, rotation, finding, " + oldest, others::contains);
  }

  private void produceBehindALock(String tables, Predicate<String> operations) throws SQLException {
    try (var connection = postgres().connectAsSuperuser();
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      produceAtOnce(
          "query-too-broad",
          operations,
          () -> {
            try {
              statement.execute("lock table " + tables + " in access exclusive mode");
            } catch (SQLException e) {
              throw new IllegalStateException(e);
            }
          },
          () -> {});
    }
  }

  @Test
  @Order(6)
  void mintsThatAreTooMany() {
    var requests = new LinkedHashMap<Operation, Request>();
    for (Operation operation : CONTRACT.operations()) {
      if (operation.problems("429").contains("rate-limited")) {
        Request request = request(operation);
        requests.put(
            operation,
            operation.id().equals("reissueRotation")
                ? withoutKey(operation, request)
                : request.from(search()).aboutAnotherSubject().keyed());
      }
    }
    requests.forEach(
        (operation, request) -> {
          Answer answer = request.send();
          for (int sent = 0; sent < 2 * MINTS_PER_MINUTE && answer.status() != 429; sent++) {
            answer = request.send();
          }
          PRODUCED.add(operation, "429", "rate-limited", answer);
        });
  }

  @Test
  @Order(6)
  void streamsThatAreTooMany() {
    Operation operation = CONTRACT.operation("streamAuditEvents");
    Request request = request(operation);
    var streams = new ArrayList<EventSource>();
    try {
      IntStream.range(0, 10).forEach(_ -> streams.add(request.caller().open(request.path())));
      PRODUCED.add(operation, "429", "too-many-streams", request.send());
    } finally {
      streams.forEach(EventSource::close);
    }
  }

  @Test
  @Order(7)
  void everythingThatIsListedIsProduced() {
    // IssuerIT produces it for every operation.
    assertThat(PRODUCED.missing())
        .allMatch(response -> response.endsWith(" 503 issuer-unavailable"));
  }

  private void produce(String problem, UnaryOperator<Request> change) {
    produce(problem, (_, request) -> change.apply(request));
  }

  private void produce(String problem, BiFunction<Operation, Request, Request> change) {
    produce(_ -> true, problem, change);
  }

  /** Produces a problem of every operation that lists it with one of the statuses. */
  private void produce(
      Predicate<String> statuses, String problem, BiFunction<Operation, Request, Request> change) {
    for (Operation operation : CONTRACT.operations()) {
      for (String status : operation.responses().keySet()) {
        if (statuses.test(status) && operation.problems(status).contains(problem)) {
          Request request = change.apply(operation, request(operation));
          Answer answer = problem.equals("malformed-url") ? request.received() : request.send();
          control().clearFaults();
          ageMints();
          PRODUCED.add(operation, status, problem, answer);
        }
      }
    }
  }

  private void produceAtOnce(String problem, Runnable begin, Runnable end) {
    produceAtOnce(problem, _ -> true, begin, end);
  }

  /** Produces a problem of several operations with one fault, which lasts for a while. */
  private void produceAtOnce(
      String problem, Predicate<String> operations, Runnable begin, Runnable end) {
    var requests = new LinkedHashMap<Operation, Request>();
    for (Operation operation : CONTRACT.operations()) {
      if (operations.test(operation.id()) && operation.problems().contains(problem)) {
        Request request = request(operation);
        requests.put(
            operation,
            problem.equals("upstream-timed-out") ? withoutChange(operation, request) : request);
      }
    }
    begin.run();
    try {
      var answers = new LinkedHashMap<Operation, CompletableFuture<Answer>>();
      requests.forEach(
          (operation, request) ->
              answers.put(operation, CompletableFuture.supplyAsync(request::send, THREADS)));
      answers.forEach(
          (operation, answer) -> {
            String status = operation.statusOf(problem);
            PRODUCED.add(operation, status, problem, answer.join());
          });
    } finally {
      end.run();
    }
  }
}
