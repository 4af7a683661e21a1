package sandbox.kubernetes;

import static dev.rekey.run.Control.delayMs;
import static dev.rekey.run.Control.retryAfter;
import static dev.rekey.run.Control.status;
import static dev.rekey.run.Control.times;
import static dev.rekey.run.KubernetesControl.dryRun;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import dev.rekey.run.KubernetesControl;
import dev.rekey.run.KubernetesControl.Request;
import dev.rekey.run.KubernetesControl.Rule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sandbox.Sandbox;
import sandbox.wire.Json;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class KubernetesTest {
  private static final String SECRET = "/api/v1/namespaces/identity/secrets/okta-connector";
  private static final String DEPLOYMENT =
      "/apis/apps/v1/namespaces/identity/deployments/okta-connector";
  private static final String EVENTS = "/api/v1/namespaces/identity/events";
  private static final String MERGE_PATCH = "application/merge-patch+json";
  private static final String DRY = "?dryRun=All&fieldManager=rekey";

  /** Changes both keys to {@code new-id} and {@code new-secret}. */
  private static final String PAIR =
      """
      {"metadata":{"annotations":{"rekey.dev/rotation-id":"r1"}},
       "data":{"BATON_CLIENT_ID":"bmV3LWlk","BATON_CLIENT_SECRET":"bmV3LXNlY3JldA=="}}
      """;

  private static final String RESTART =
      """
      {"spec":{"template":{"metadata":{"annotations":{
        "kubectl.kubernetes.io/restartedAt":"2026-12-01T10:00:00Z","rekey.dev/rotation-id":"r1"}}}}}
      """;

  private static final String EVENT =
      """
      {"apiVersion":"v1","kind":"Event","metadata":{"name":"okta-connector.r1","namespace":"identity"},
       "involvedObject":{"kind":"Secret","namespace":"identity","name":"okta-connector"},
       "reason":"CredentialRotated","message":"delivered","type":"Normal",
       "firstTimestamp":"2026-12-01T10:00:00Z","source":{"component":"rekey"}}
      """;

  private static Sandbox sandbox;
  private static KubernetesControl control;
  private static Http anonymous;
  private static Http rekey;

  @BeforeAll
  static void start() {
    sandbox = Sandbox.start(0);
    control = new KubernetesControl(sandbox);
    anonymous = Http.at(control.apiServer());
    rekey = anonymous.bearer(Sandbox.KUBERNETES_TOKEN);
  }

  @AfterAll
  static void stop() {
    sandbox.close();
  }

  @BeforeEach
  void reset() {
    sandbox.reset();
  }

  // Reading

  @Test
  void aSecretIsReadWithItsValuesInBase64() {
    Answer secret = rekey.get(SECRET);

    assertThat(secret.status()).isEqualTo(200);
    assertThat(secret.text("/kind")).isEqualTo("Secret");
    assertThat(secret.text("/apiVersion")).isEqualTo("v1");
    assertThat(secret.text("/type")).isEqualTo("Opaque");
    assertThat(secret.text("/metadata/uid")).isNotEmpty();
    assertThat(secret.text("/metadata/resourceVersion")).matches("\\d+");
    assertThat(secret.body().at("/metadata/annotations/rekey.dev~1subject").asString())
        .isEqualTo("apps/crm/connectors/okta");
    assertThat(secret.text("/data/BATON_CLIENT_ID")).isEqualTo("dG8tYmUtZGVsaXZlcmVk");
    assertThat(secret()).containsOnlyKeys("BATON_DOMAIN", "BATON_CLIENT_ID", "BATON_CLIENT_SECRET");
  }

  @ParameterizedTest
  @CsvSource({
    "secrets, Secret, /api/v1/namespaces/payments/secrets/checkout-keycard",
    "statefulsets, StatefulSet, /apis/apps/v1/namespaces/payments/statefulsets/checkout",
    "deployments, Deployment, /apis/apps/v1/namespaces/identity/deployments/okta-connector"
  })
  void seedsAreReadable(String resource, String kind, String path) {
    Answer found = rekey.get(path);

    assertThat(found.status()).isEqualTo(200);
    assertThat(found.text("/kind")).isEqualTo(kind);
    assertThat(control.requests().getFirst().resource()).isEqualTo(resource);
  }

  @Test
  void anObjectThatDoesNotExistIsNotFound() {
    control.delete("secrets", "identity", "okta-connector");
    control.delete("deployments", "identity", "okta-connector");

    assertThatStatus(rekey.get(SECRET), 404, "NotFound", "secrets \"okta-connector\" not found");
    assertThatStatus(patch(SECRET, PAIR), 404, "NotFound", "secrets \"okta-connector\" not found");
    assertThatStatus(
        rekey.get(DEPLOYMENT), 404, "NotFound", "deployments.apps \"okta-connector\" not found");
    assertThat(control.secret("identity", "okta-connector")).isEmpty();
  }

  // Patches

  @Test
  void aPatchChangesWhatItNamesAndNothingElse() {
    String before = version();

    Answer patched = patch(SECRET, PAIR);

    assertThat(patched.status()).isEqualTo(200);
    assertThat(secret())
        .containsEntry("BATON_CLIENT_ID", "new-id")
        .containsEntry("BATON_CLIENT_SECRET", "new-secret")
        .containsEntry("BATON_DOMAIN", "acme.okta.example");
    assertThat(annotations())
        .containsEntry("rekey.dev/subject", "apps/crm/connectors/okta")
        .containsEntry("rekey.dev/rotation-id", "r1");
    assertThat(version()).isNotEqualTo(before).isEqualTo(patched.text("/metadata/resourceVersion"));
    assertThat(rekey.get(SECRET).body()).isEqualTo(patched.body());
  }

  @Test
  void nullRemovesAMember() {
    patch(SECRET, PAIR);

    patch(SECRET, "{\"metadata\":{\"annotations\":{\"rekey.dev/rotation-id\":null}}}");

    assertThat(annotations()).containsOnlyKeys("rekey.dev/subject");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'a':'b'}            | {'a':'c'}                  | {'a':'c'}",
        "{'a':'b'}            | {'b':'c'}                  | {'a':'b','b':'c'}",
        "{'a':'b'}            | {'a':null}                 | {}",
        "{'a':'b','b':'c'}    | {'a':null}                 | {'b':'c'}",
        "{'a':['b']}          | {'a':'c'}                  | {'a':'c'}",
        "{'a':'c'}            | {'a':['b']}                | {'a':['b']}",
        "{'a':{'b':'c'}}      | {'a':{'b':'d','c':null}}   | {'a':{'b':'d'}}",
        "{'a':[{'b':'c'}]}    | {'a':[1]}                  | {'a':[1]}",
        "{'e':null}           | {'a':1}                    | {'e':null,'a':1}",
        "{'a':'foo'}          | {'a':{'b':null}}           | {'a':{}}",
        "{}                   | {'a':{'bb':{'ccc':null}}}  | {'a':{'bb':{}}}"
      },
      quoteCharacter = '"')
  void mergesAsTheExamplesOfTheStandard(String target, String patch, String result) {
    assertThat(MergePatch.apply(json(target), json(patch))).isEqualTo(json(result));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/strategic-merge-patch+json",
        "application/json-patch+json",
        "application/apply-patch+yaml",
        "application/json"
      })
  void onlyAMergePatchIsRead(String type) {
    Answer refused = rekey.with("Content-Type", type).send("PATCH", SECRET, PAIR);

    assertThatStatus(
        refused,
        415,
        "UnsupportedMediaType",
        "the body of the request was in an unknown format - accepted media types include: application/merge-patch+json");
    assertUntouched();
  }

  @Test
  void aMergePatchMayNameItsCharset() {
    Answer patched =
        rekey.with("Content-Type", MERGE_PATCH + "; charset=utf-8").send("PATCH", SECRET, PAIR);

    assertThat(patched.status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "\"text\"", "{} {}"})
  void aBodyThatIsNotOneJsonObjectIsABadRequest(String body) {
    Answer refused = patch(SECRET, body);

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.text("/reason")).isEqualTo("BadRequest");
    assertThat(refused.text("/message")).startsWith("error decoding patch:");
    assertUntouched();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"data\":{\"BATON_CLIENT_ID\":\"not base64!\"}}",
        "{\"data\":{\"BATON_CLIENT_ID\":\"bmV3LXNlY3JldA\"}}",
        "{\"data\":{\"BATON_CLIENT_ID\":1}}",
        "{\"data\":\"text\"}",
        "{\"stringData\":{\"BATON_CLIENT_ID\":true}}",
        "{\"immutable\":\"yes\"}",
        "{\"metadata\":{\"annotations\":{\"rekey.dev/rotation-id\":1}}}",
        "{\"metadata\":\"text\"}"
      })
  void aValueOfAWrongTypeIsInvalid(String patch) {
    Answer refused = patch(SECRET, patch);

    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.text("/reason")).isEqualTo("Invalid");
    assertThat(refused.text("/message")).startsWith(" \"\" is invalid: patch: Invalid value:");
    assertUntouched();
  }

  @Test
  void aRefusalOfAWrongTypeQuotesTheObjectAsTheRealServerDoes() {
    Answer refused = patch(SECRET, "{\"data\":{\"A\":\"bmV3LXNlY3JldA==\",\"B\":\"!\"}}");

    assertThat(refused.text("/message")).contains("bmV3LXNlY3JldA==");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'data':{'a b':'YQ=='}}                        | data[a b]: Invalid value",
        "{'data':{'..':'YQ=='}}                         | data[..]: Invalid value",
        "{'metadata':{'annotations':{'a b':'x'}}}       | metadata.annotations: Invalid value",
        "{'metadata':{'annotations':{'a/b/c':'x'}}}     | metadata.annotations: Invalid value",
        "{'type':'kubernetes.io/tls'}                   | type: Invalid value"
      },
      quoteCharacter = '"')
  void contentThatTheServerWouldNotStoreIsInvalid(String patch, String why) {
    Answer refused = patch(SECRET, patch.replace('\'', '"'));

    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.text("/message")).startsWith("Secret \"okta-connector\" is invalid: " + why);
    assertUntouched();
  }

  @Test
  void moreThanOneMebibyteOfDataIsInvalid() {
    String value = Base64Text.encode("x".repeat(1024 * 1024));

    Answer refused = patch(SECRET, "{\"data\":{\"BIG\":\"" + value + "\"}}");

    assertThat(refused.text("/message")).contains("data: Too long");
    assertUntouched();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"metadata\":{\"name\":\"other\"}}",
        "{\"metadata\":{\"namespace\":\"other\"}}",
        "{\"metadata\":null}",
        "{\"kind\":\"ConfigMap\"}",
        "{\"apiVersion\":\"v2\"}"
      })
  void anObjectKeepsItsNameAndKind(String patch) {
    Answer refused = patch(SECRET, patch);

    assertThat(refused.status()).isIn(400, 422);
    assertUntouched();
  }

  @Test
  void whatTheServerOwnsStaysAsItIs() {
    JsonNode before = rekey.get(DEPLOYMENT).body().path("metadata");

    Answer patched =
        patch(
            DEPLOYMENT,
            """
            {"metadata":{"generation":7,"creationTimestamp":"2020-01-01T00:00:00Z"},
             "status":{"replicas":9}}
            """);

    assertThat(patched.status()).isEqualTo(200);
    assertThat(rekey.get(DEPLOYMENT).body().path("metadata")).isEqualTo(before);
    assertThat(patched.body().has("status")).isFalse();
  }

  @Test
  void stringDataIsMergedIntoData() {
    Answer patched = patch(SECRET, "{\"stringData\":{\"BATON_CLIENT_ID\":\"plain\"}}");

    assertThat(patched.body().has("stringData")).isFalse();
    assertThat(patched.text("/data/BATON_CLIENT_ID")).isEqualTo("cGxhaW4=");
    assertThat(secret()).containsEntry("BATON_CLIENT_ID", "plain").hasSize(3);
  }

  @Test
  void anImmutableSecretTakesAnnotationsButNoData() {
    patch(SECRET, "{\"immutable\":true}");

    Answer data = patch(SECRET, PAIR);
    Answer mutable = patch(SECRET, "{\"immutable\":null}");
    Answer annotation = patch(SECRET, "{\"metadata\":{\"annotations\":{\"a\":\"b\"}}}");

    assertThatStatus(
        data,
        422,
        "Invalid",
        "Secret \"okta-connector\" is invalid: data: Forbidden: field is immutable when `immutable` is set");
    assertThat(mutable.text("/message")).contains("immutable: Forbidden");
    assertThat(annotation.status()).isEqualTo(200);
    assertThat(secret()).containsEntry("BATON_CLIENT_ID", "to-be-delivered");
  }

  // Versions

  @Test
  void aPatchOfAnOldVersionIsAConflict() {
    String old = version();
    patch(SECRET, "{\"metadata\":{\"annotations\":{\"somebody\":\"else\"}}}");
    String current = version();

    Answer refused = patch(SECRET, pairAt(old));

    assertThatStatus(
        refused,
        409,
        "Conflict",
        "Operation cannot be fulfilled on secrets \"okta-connector\": the object has been modified; please apply your changes to the latest version and try again");
    assertThat(version()).isEqualTo(current);
    assertThat(secret()).containsEntry("BATON_CLIENT_ID", "to-be-delivered");
    assertThat(patch(SECRET, pairAt(current)).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "\"\"", "\"0\""})
  void aPatchWithoutAVersionIsUnconditional(String version) {
    Answer patched =
        patch(
            SECRET,
            "{\"metadata\":{\"resourceVersion\":%s},\"type\":\"Opaque\"}".formatted(version));

    assertThat(patched.status()).isEqualTo(200);
    assertUntouched();
  }

  @Test
  void aPatchOfAnotherUidIsAConflict() {
    Answer refused = patch(SECRET, "{\"metadata\":{\"uid\":\"other\"}}");

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("/reason")).isEqualTo("Conflict");
    assertThat(refused.text("/message"))
        .contains("Precondition failed: UID in precondition: other");
  }

  @Test
  void aPatchThatChangesNothingKeepsTheVersion() {
    patch(SECRET, PAIR);
    String before = version();

    Answer again = patch(SECRET, pairAt(before));

    assertThat(again.status()).isEqualTo(200);
    assertThat(again.text("/metadata/resourceVersion")).isEqualTo(before);
    assertThat(version()).isEqualTo(before);
  }

  @Test
  void ofManyPatchesOfOneVersionOneWins() throws Exception {
    String version = version();

    List<Integer> statuses = together(50, i -> patch(SECRET, pairAt(version, i)).status());

    assertThat(statuses).containsOnly(200, 409).containsOnlyOnce(200);
  }

  // Workloads

  @Test
  void aRestartIsOneRolloutAndOneGeneration() {
    Answer restarted = patch(DEPLOYMENT, RESTART);
    Answer again = patch(DEPLOYMENT, RESTART);

    assertThat(restarted.status()).isEqualTo(200);
    assertThat(restarted.body().at("/metadata/generation").asInt()).isEqualTo(2);
    assertThat(again.body()).isEqualTo(restarted.body());
    assertThat(control.rollouts("deployments", "identity", "okta-connector")).isEqualTo(1);
    assertThat(control.podAnnotations("deployments", "identity", "okta-connector"))
        .containsEntry("kubectl.kubernetes.io/restartedAt", "2026-12-01T10:00:00Z")
        .containsEntry("rekey.dev/rotation-id", "r1");
    assertThat(restarted.text("/spec/template/metadata/labels/app")).isEqualTo("okta-connector");
  }

  @Test
  void aChangeOutsideOfThePodsIsNoRollout() {
    Answer scaled = patch(DEPLOYMENT, "{\"spec\":{\"replicas\":3}}");
    Answer annotated = patch(DEPLOYMENT, "{\"metadata\":{\"annotations\":{\"a\":\"b\"}}}");

    assertThat(scaled.body().at("/metadata/generation").asInt()).isEqualTo(2);
    assertThat(annotated.body().at("/metadata/generation").asInt()).isEqualTo(2);
    assertThat(annotated.text("/metadata/resourceVersion"))
        .isNotEqualTo(scaled.text("/metadata/resourceVersion"));
    assertThat(control.rollouts("deployments", "identity", "okta-connector")).isZero();
  }

  @Test
  void aDaemonSetRestartsLikeADeployment() {
    control.putWorkload("DaemonSet", "identity", "agent");
    control.rules(
        List.of(rule("identity", "apps", "daemonsets", List.of("agent"), "get", "patch")));
    String path = "/apis/apps/v1/namespaces/identity/daemonsets/agent";

    assertThat(patch(path, RESTART).status()).isEqualTo(200);
    assertThat(rekey.get(path).body().at("/metadata/generation").asInt()).isEqualTo(2);
    assertThat(control.rollouts("daemonsets", "identity", "agent")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"spec\":null}",
        "{\"spec\":{\"template\":\"x\"}}",
        "{\"spec\":{\"template\":{\"metadata\":{\"annotations\":{\"a\":1}}}}}",
        "{\"spec\":{\"template\":{\"metadata\":{\"annotations\":{\"a b\":\"x\"}}}}}"
      })
  void aWorkloadOfAWrongShapeIsInvalid(String patch) {
    assertThat(patch(DEPLOYMENT, patch).status()).isEqualTo(422);
    assertThat(control.rollouts("deployments", "identity", "okta-connector")).isZero();
  }

  // Dry runs

  @Test
  void aDryRunRespondsAsIfItWereDoneAndStoresNothing() {
    Answer tried = patch(SECRET + DRY, pairAt(version()));
    Answer restart = patch(DEPLOYMENT + DRY, RESTART);
    Answer event = event(EVENTS + DRY, EVENT);

    assertThat(tried.status()).isEqualTo(200);
    assertThat(tried.text("/data/BATON_CLIENT_ID")).isEqualTo("bmV3LWlk");
    assertThat(restart.body().at("/metadata/generation").asInt()).isEqualTo(2);
    assertThat(restart.body().at("/spec/template/metadata/annotations").size()).isEqualTo(2);
    assertThat(event.status()).isEqualTo(201);
    assertThat(event.text("/metadata/uid")).isNotEmpty();
    assertUntouched();
    assertThat(control.rollouts("deployments", "identity", "okta-connector")).isZero();
    assertThat(control.podAnnotations("deployments", "identity", "okta-connector")).isEmpty();
    assertThat(control.events("identity")).isEmpty();
    assertThat(control.requests()).extracting(Request::dryRun).containsOnly(true);
  }

  @Test
  void aDryRunChecksEverything() {
    event(EVENTS, EVENT);

    assertThat(patch(SECRET + DRY, pairAt("1")).status()).isEqualTo(409);
    assertThat(patch(SECRET + DRY, "{\"data\":{\"A\":\"!\"}}").status()).isEqualTo(422);
    assertThat(event(EVENTS + DRY, EVENT).status()).isEqualTo(409);
    control.rules(List.of());
    assertThat(patch(SECRET + DRY, PAIR).status()).isEqualTo(403);
    assertThat(patch(DEPLOYMENT + DRY, RESTART).status()).isEqualTo(403);
    assertThat(event(EVENTS + DRY, EVENT).status()).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(strings = {"all", "true", "", "All&dryRun=None"})
  void aDryRunIsOfAllOrInvalid(String value) {
    Answer refused = patch(SECRET + "?dryRun=" + value, PAIR);
    Answer event = event(EVENTS + "?dryRun=" + value, EVENT);

    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.text("/message"))
        .startsWith("PatchOptions.meta.k8s.io \"\" is invalid: dryRun: Unsupported value:");
    assertThat(event.text("/message")).startsWith("CreateOptions.meta.k8s.io");
    assertUntouched();
    assertThat(control.events("identity")).isEmpty();
  }

  @Test
  void otherOptionsAreCheckedToo() {
    assertThat(patch(SECRET + "?force=true", PAIR).status()).isEqualTo(422);
    assertThat(patch(SECRET + "?fieldManager=" + "m".repeat(129), PAIR).status()).isEqualTo(422);
    assertUntouched();
  }

  // Events

  @Test
  void anEventIsCreatedOnce() {
    Answer created = event(EVENTS, EVENT);
    Answer again = event(EVENTS, EVENT);

    assertThat(created.status()).isEqualTo(201);
    assertThat(created.text("/metadata/resourceVersion")).isNotEmpty();
    assertThatStatus(again, 409, "AlreadyExists", "events \"okta-connector.r1\" already exists");
    assertThat(control.events("identity"))
        .singleElement()
        .satisfies(event -> assertThat(event.path("message").asString()).isEqualTo("delivered"));
    assertThat(control.events("payments")).isEmpty();
  }

  @Test
  void aNameIsGeneratedFromItsPrefix() {
    Answer created =
        event(EVENTS, EVENT.replace("\"name\":\"okta-connector.r1\"", "\"generateName\":\"x.\""));

    assertThat(created.text("/metadata/name")).matches("x\\.[a-z0-9]{5}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'name':'okta-connector.r1',    | 'labels':{},                              | 422",
        "okta-connector.r1              | a/b                                       | 422",
        "r1','namespace':'identity'     | r1','namespace':'payments'                | 400",
        "'kind':'Event'                 | 'kind':'Secret'                           | 400",
        "'Secret','namespace':'identity'| 'Secret','namespace':'payments'           | 422",
        "'Secret','namespace':'identity'| 'Secret'                                  | 422",
        "2026-12-01T10:00:00Z           | yesterday                                 | 400",
        "'type':'Normal'                | 'eventTime':'2026-12-01T10:00:00Z'        | 400",
        "'type':'Normal'                | 'eventTime':'2026-12-01T10:00:00.000000Z' | 422",
        "{'apiVersion'                  | 'apiVersion'                              | 400"
      },
      quoteCharacter = '"')
  void anEventThatTheServerWouldNotStoreIsRefused(String part, String by, int status) {
    String event = EVENT.replace('"', '\'');
    assertThat(event).contains(part);

    Answer refused = event(EVENTS, event.replace(part, by).replace('\'', '"'));

    assertThat(refused.status()).isEqualTo(status);
    assertThat(control.events("identity")).isEmpty();
  }

  @Test
  void anEventWithItsOwnTimeNeedsAReporterAndAnAction() {
    String newer =
        EVENT.replace(
            "\"type\":\"Normal\"",
            """
            "type":"Normal","eventTime":"2026-12-01T10:00:00.000000Z",
            "reportingComponent":"rekey.dev/rekey","reportingInstance":"rekey-0","action":"Rotate"
            """);

    assertThat(event(EVENTS, newer).status()).isEqualTo(201);
  }

  @Test
  void anEventIsJson() {
    assertThat(rekey.with("Content-Type", "application/yaml").send("POST", EVENTS, EVENT).status())
        .isEqualTo(415);
  }

  // Access

  @Test
  void aRequestWithoutTheTokenIsUnauthorized() {
    Answer none = anonymous.get(SECRET);
    Answer wrong =
        anonymous.bearer("other").with("Content-Type", MERGE_PATCH).send("PATCH", SECRET, PAIR);

    assertThatStatus(none, 401, "Unauthorized", "Unauthorized");
    assertThatStatus(wrong, 401, "Unauthorized", "Unauthorized");
    assertUntouched();
    assertThat(control.requests()).extracting(Request::status).containsExactly(401, 401);
  }

  @Test
  void whatNoRuleAllowsIsForbidden() {
    assertThatStatus(
        patch("/api/v1/namespaces/identity/secrets/other", PAIR),
        403,
        "Forbidden",
        "secrets \"other\" is forbidden: User \"system:serviceaccount:rekey:rekey\" cannot patch resource \"secrets\" in API group \"\" in the namespace \"identity\"");
    assertThatStatus(
        rekey.get("/apis/apps/v1/namespaces/payments/deployments/checkout"),
        403,
        "Forbidden",
        "deployments.apps \"checkout\" is forbidden: User \"system:serviceaccount:rekey:rekey\" cannot get resource \"deployments\" in API group \"apps\" in the namespace \"payments\"");
    assertThatStatus(
        event("/api/v1/namespaces/other/events", EVENT),
        403,
        "Forbidden",
        "events is forbidden: User \"system:serviceaccount:rekey:rekey\" cannot create resource \"events\" in API group \"\" in the namespace \"other\"");
  }

  @Test
  void aRuleAllowsItsVerbsOnly() {
    control.rules(List.of(rule("identity", "", "secrets", List.of("okta-connector"), "get")));

    assertThat(rekey.get(SECRET).status()).isEqualTo(200);
    assertThat(patch(SECRET, PAIR).status()).isEqualTo(403);
    assertThat(rekey.get(DEPLOYMENT).status()).isEqualTo(403);
  }

  @Test
  void aRuleWithoutNamesIsForAllNames() {
    control.putSecret("identity", "another", Map.of(), Map.of("A", "b"));
    control.rules(List.of(rule("identity", "", "secrets", List.of(), "get")));

    assertThat(rekey.get("/api/v1/namespaces/identity/secrets/another").status()).isEqualTo(200);
  }

  @Test
  void aRuleWithNamesAllowsNoCreate() {
    control.rules(List.of(rule("identity", "", "events", List.of("okta-connector.r1"), "create")));

    assertThat(event(EVENTS, EVENT).status()).isEqualTo(403);
  }

  @ParameterizedTest
  @CsvSource({
    "GET,    /api/v1/namespaces/identity/secrets,                             list,   secrets",
    "GET,    /api/v1/secrets,                                                 list,   secrets",
    "GET,    /api/v1/namespaces/identity/secrets?watch=true,                  watch,  secrets",
    "GET,    /api/v1/watch/namespaces/identity/secrets,                       watch,  secrets",
    "DELETE, /api/v1/namespaces/identity/secrets/okta-connector,              delete, secrets",
    "DELETE, /api/v1/namespaces/identity/secrets,                   deletecollection, secrets",
    "PUT,    /api/v1/namespaces/identity/secrets/okta-connector,              update, secrets",
    "POST,   /api/v1/namespaces/identity/secrets,                             create, secrets",
    "PATCH,  /apis/apps/v1/namespaces/identity/deployments/okta-connector/scale, patch, deployments/scale",
    "GET,    /api/v1/namespaces/identity/configmaps/okta-connector,           get,    configmaps",
    "GET,    /api/v1/namespaces/identity,                                     get,    namespaces"
  })
  void anyOtherRequestIsForbiddenAndRecorded(
      String method, String path, String verb, String resource) {
    Answer refused = rekey.send(method, path, method.equals("GET") ? null : "{}");

    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.text("/message"))
        .contains("cannot " + verb + " resource \"" + resource + "\"");
    assertThat(control.requests())
        .singleElement()
        .satisfies(
            request -> {
              assertThat(request.verb()).isEqualTo(verb);
              assertThat(request.resource()).isEqualTo(resource);
              assertThat(request.status()).isEqualTo(403);
            });
    assertUntouched();
  }

  @Test
  void aPathOfNoResourceIsForbiddenAndRecorded() {
    Answer refused = rekey.get("/version");

    assertThatStatus(
        refused,
        403,
        "Forbidden",
        "forbidden: User \"system:serviceaccount:rekey:rekey\" cannot get path \"/version\"");
    assertThat(control.requests().getFirst().path()).isEqualTo("/version");
    assertThat(control.requests().getFirst().resource()).isEmpty();
  }

  @Test
  void whatARuleAllowsButTheDoubleDoesNotServeIsNotSupported() {
    control.rules(
        List.of(
            rule("identity", "", "secrets", List.of(), "list", "delete", "update", "create"),
            rule("identity", "", "configmaps", List.of(), "get"),
            rule("identity", "apps", "deployments/scale", List.of(), "patch")));

    assertThat(rekey.get("/api/v1/namespaces/identity/secrets").status()).isEqualTo(405);
    assertThatStatus(
        rekey.delete(SECRET),
        405,
        "MethodNotAllowed",
        "delete is not supported on resources of kind \"secrets\"");
    assertThat(rekey.send("PUT", SECRET, "{}").status()).isEqualTo(405);
    assertThat(rekey.post("/api/v1/namespaces/identity/secrets", "{}").status()).isEqualTo(405);
    assertThat(rekey.get("/api/v1/namespaces/identity/configmaps/a").status()).isEqualTo(404);
    assertThat(patch(DEPLOYMENT + "/scale", "{}").status()).isEqualTo(404);
    assertUntouched();
  }

  // Records

  @Test
  void requestsAreRecordedInOrderWithoutValues() {
    rekey.get(SECRET);
    patch(SECRET + DRY, pairAt(version()));
    patch(DEPLOYMENT, RESTART);
    event(EVENTS, EVENT);

    List<Request> requests = control.requests();
    assertThat(requests)
        .extracting(Request::what)
        .containsExactly(
            "get secrets identity/okta-connector",
            "patch secrets identity/okta-connector",
            "patch deployments identity/okta-connector",
            "create events identity/");
    assertThat(requests).extracting(Request::dryRun).containsExactly(false, true, false, false);
    assertThat(requests).extracting(Request::status).containsExactly(200, 200, 200, 201);
    assertThat(requests).extracting(Request::apiGroup).containsExactly("", "", "apps", "");
    assertThat(requests.get(1).touched())
        .containsExactly(
            "data.BATON_CLIENT_ID",
            "data.BATON_CLIENT_SECRET",
            "metadata.annotations.rekey.dev/rotation-id",
            "metadata.resourceVersion");
    assertThat(requests.get(2).touched())
        .containsExactly(
            "spec.template.metadata.annotations.kubectl.kubernetes.io/restartedAt",
            "spec.template.metadata.annotations.rekey.dev/rotation-id");
    assertThat(Http.at(sandbox.url()).get("/control/kubernetes/requests").raw().body())
        .doesNotContain("bmV3LXNlY3JldA", "new-secret", Sandbox.KUBERNETES_TOKEN);
    control.clearRequests();
    assertThat(control.requests()).isEmpty();
  }

  // Faults

  @Test
  void aStatusHasNoEffect() {
    control.fault("patch", "secrets", "status", status(503), retryAfter(7), times(1));

    Answer read = rekey.get(SECRET);
    Answer failed = patch(SECRET, PAIR);

    assertThat(read.status()).isEqualTo(200);
    assertThat(failed.status()).isEqualTo(503);
    assertThat(failed.header("Retry-After")).isEqualTo("7");
    assertThat(failed.text("/kind")).isEqualTo("Status");
    assertThat(failed.text("/reason")).isEqualTo("ServiceUnavailable");
    assertUntouched();
    assertThat(patch(SECRET, PAIR).status()).isEqualTo(200);
  }

  @Test
  void anErrorMayComeAfterTheEffect() {
    control.fault("patch", "secrets", "status-after", status(500), times(1));

    Answer failed = patch(SECRET, PAIR);

    assertThat(failed.status()).isEqualTo(500);
    assertThat(failed.text("/reason")).isEqualTo("InternalError");
    assertThat(secret()).containsEntry("BATON_CLIENT_SECRET", "new-secret");
    assertThat(control.requests().getFirst().status()).isEqualTo(500);
  }

  @Test
  void aConnectionMayBreakBeforeOrAfterTheEffect() {
    control.fault("patch", "secrets", "reset-before", times(1));
    control.fault("patch", "secrets", "reset-after", times(1));

    assertThatBreaks(() -> patch(SECRET, PAIR));
    assertUntouched();
    assertThatBreaks(() -> patch(SECRET, PAIR));

    assertThat(secret()).containsEntry("BATON_CLIENT_SECRET", "new-secret");
    assertThat(control.requests()).hasSize(2).extracting(Request::status).containsOnlyNulls();
  }

  @Test
  void anEffectMayComeAfterTheConnectionBroke() {
    control.fault("patch", "secrets", "late", delayMs(200), times(1));

    assertThatBreaks(() -> patch(SECRET, PAIR));
    assertUntouched();

    await().untilAsserted(() -> assertThat(secret()).containsEntry("BATON_CLIENT_ID", "new-id"));
  }

  @Test
  void aRequestMayBeSlow() {
    control.fault("get", "secrets", "delay", delayMs(300), times(1));

    Instant start = Instant.now();
    Answer slow = rekey.get(SECRET);

    assertThat(slow.status()).isEqualTo(200);
    assertThat(Duration.between(start, Instant.now())).isGreaterThan(Duration.ofMillis(290));
  }

  @Test
  void aRequestMayHang() {
    control.fault("patch", "secrets", "hang", times(1));

    var hanging = CompletableFuture.runAsync(() -> patch(SECRET, PAIR));

    await().until(() -> !control.requests().isEmpty());
    assertThat(control.requests().getFirst().status()).isNull();
    assertThat(hanging).isNotDone();
    sandbox.reset();
    assertThatThrownBy(hanging::join).hasRootCauseInstanceOf(IOException.class);
    assertUntouched();
  }

  @Test
  void anErrorMayQuoteTheRequest() {
    control.fault("patch", "secrets", "echo", status(403), times(1));

    Answer denied = patch(SECRET, PAIR);

    assertThat(denied.status()).isEqualTo(403);
    assertThat(denied.text("/message")).contains("denied the request", "bmV3LXNlY3JldA==");
    assertUntouched();
  }

  @Test
  void aResponseMayNotBeKubernetes() {
    control.fault("get", "secrets", "garbage", times(1));
    control.fault("get", "secrets", "no-backend", times(1));

    assertThatThrownBy(() -> rekey.get(SECRET)).isInstanceOf(JacksonException.class);
    assertThat(rekey.get(SECRET).raw().body()).startsWith("<html>");
  }

  @Test
  void aFaultMayBeForDryRunsOnlyOrForOthersOnly() {
    control.fault("patch", "secrets", "status", status(500), dryRun(true));
    control.fault("patch", "deployments", "status", status(500), dryRun(false));

    assertThat(patch(SECRET + DRY, PAIR).status()).isEqualTo(500);
    assertThat(patch(SECRET, PAIR).status()).isEqualTo(200);
    assertThat(patch(DEPLOYMENT + DRY, RESTART).status()).isEqualTo(200);
    assertThat(patch(DEPLOYMENT, RESTART).status()).isEqualTo(500);
    control.clearFaults();
    assertThat(patch(DEPLOYMENT, RESTART).status()).isEqualTo(200);
  }

  @Test
  void aFaultMayBeForEveryRequest() {
    control.faultAnywhere("status", status(500), times(2));

    assertThat(rekey.get(SECRET).status()).isEqualTo(500);
    assertThat(event(EVENTS, EVENT).status()).isEqualTo(500);
    assertThat(rekey.get(DEPLOYMENT).status()).isEqualTo(200);
  }

  @Test
  void aRefusedRequestConsumesNoFault() {
    control.faultAnywhere("status", status(500), times(1));

    assertThat(anonymous.get(SECRET).status()).isEqualTo(401);
    assertThat(rekey.get("/api/v1/namespaces/identity/secrets/other").status()).isEqualTo(403);
    assertThat(rekey.get(SECRET).status()).isEqualTo(500);
  }

  @Test
  void aServerThatIsDownAnswersNothingUntilItIsUp() {
    control.down();

    assertThatBreaks(() -> rekey.get(SECRET));
    assertThatBreaks(() -> patch(SECRET, PAIR));
    assertThatBreaks(() -> anonymous.get(SECRET));
    control.up();

    assertThat(rekey.get(SECRET).status()).isEqualTo(200);
    assertUntouched();
    assertThat(control.requests())
        .extracting(Request::status)
        .hasSizeGreaterThan(3)
        .endsWith(null, 200);
  }

  // Control

  @Test
  void anObjectCanBePutAndReplaced() {
    control.putSecret("identity", "okta-connector", Map.of("a", "b"), Map.of("K", "v"));

    assertThat(secret()).containsExactly(Map.entry("K", "v"));
    assertThat(annotations()).containsExactly(Map.entry("a", "b"));
    assertThat(rekey.get(SECRET).text("/data/K")).isEqualTo("dg==");
    assertThat(control.secret("identity", "okta-connector").orElseThrow().toString())
        .doesNotContain("v,", "K=");
  }

  @Test
  void aResetRestoresSeedsAndRulesAndClearsFaultsAndRecords() {
    String before =
        control
            .object("secrets", "identity", "okta-connector")
            .orElseThrow()
            .path("data")
            .toString();
    patch(SECRET, PAIR);
    patch(DEPLOYMENT, RESTART);
    event(EVENTS, EVENT);
    List<Rule> rules = control.rules();
    control.rules(List.of());
    control.faultAnywhere("hang");
    control.down();

    sandbox.reset();

    assertThat(control.object("secrets", "identity", "okta-connector").orElseThrow().path("data"))
        .hasToString(before);
    assertThat(control.rollouts("deployments", "identity", "okta-connector")).isZero();
    assertThat(control.events("identity")).isEmpty();
    assertThat(control.rules()).isEqualTo(rules).hasSize(6);
    assertThat(control.requests()).isEmpty();
    assertThat(rekey.get(SECRET).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "faults  | {}",
        "faults  | {'fault':'explode'}",
        "faults  | {'fault':'delay'}",
        "faults  | {'fault':'status','status':200}",
        "faults  | {'fault':'hang','times':0}",
        "faults  | {'fault':'hang','often':1}",
        "rules   | {}",
        "rules   | [{'namespace':'identity'}]",
        "objects | {'kind':'Secret'}",
        "objects | {'kind':'Pod','metadata':{'namespace':'a','name':'b'}}",
        "objects | {'kind':'Deployment','metadata':{'namespace':'a','name':'b'}}",
        "objects | {'kind':'Secret','metadata':{'namespace':'a','name':'b'},'data':{'a':'!'}}"
      },
      quoteCharacter = '"')
  void anOrderThatMakesNoSenseIsRefused(String route, String order) {
    Answer refused =
        Http.at(sandbox.url()).post("/control/kubernetes/" + route, order.replace('\'', '"'));

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.text("/error")).isNotEmpty();
  }

  private static Answer patch(String path, String body) {
    return rekey.with("Content-Type", MERGE_PATCH).send("PATCH", path, body);
  }

  private static Answer event(String path, String body) {
    return rekey.post(path, body);
  }

  private static String pairAt(String version) {
    return PAIR.replace("\"metadata\":{", "\"metadata\":{\"resourceVersion\":\"" + version + "\",");
  }

  private static String pairAt(String version, int number) {
    return pairAt(version).replace("\"r1\"", "\"r" + number + "\"");
  }

  private static Map<String, String> secret() {
    return control.secret("identity", "okta-connector").orElseThrow().data();
  }

  private static Map<String, String> annotations() {
    return control.secret("identity", "okta-connector").orElseThrow().annotations();
  }

  private static String version() {
    return control.secret("identity", "okta-connector").orElseThrow().resourceVersion();
  }

  /** Asserts that the Secret is as after a reset. */
  private static void assertUntouched() {
    assertThat(secret())
        .hasSize(3)
        .containsEntry("BATON_CLIENT_ID", "to-be-delivered")
        .containsEntry("BATON_CLIENT_SECRET", "to-be-delivered");
    assertThat(annotations()).containsOnlyKeys("rekey.dev/subject");
  }

  private static Rule rule(
      String namespace, String group, String resource, List<String> names, String... verbs) {
    return new Rule(namespace, group, resource, names, List.of(verbs));
  }

  private static void assertThatStatus(Answer answer, int code, String reason, String message) {
    assertThat(answer.status()).isEqualTo(code);
    assertThat(answer.text("/kind")).isEqualTo("Status");
    assertThat(answer.text("/apiVersion")).isEqualTo("v1");
    assertThat(answer.text("/status")).isEqualTo("Failure");
    assertThat(answer.text("/reason")).isEqualTo(reason);
    assertThat(answer.text("/message")).isEqualTo(message);
    assertThat(answer.body().path("code").asInt()).isEqualTo(code);
  }

  private static void assertThatBreaks(Callable<Answer> call) {
    assertThatThrownBy(call::call).isInstanceOf(UncheckedIOException.class);
  }

  private static ObjectNode json(String text) {
    return Json.parse(text.replace('\'', '"').getBytes(UTF_8)).orElseThrow();
  }

  /** The results of that many calls at once; each gets its number. */
  private static <T> List<T> together(int calls, IntFunction<T> call) throws Exception {
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      var results = new ArrayList<T>();
      List<Callable<T>> all =
          IntStream.range(0, calls).<Callable<T>>mapToObj(i -> () -> call.apply(i)).toList();
      for (Future<T> future : executor.invokeAll(all)) {
        results.add(future.get());
      }
      return results;
    }
  }
}
