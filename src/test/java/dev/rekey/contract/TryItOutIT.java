package dev.rekey.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Swagger UI's "Try it out" works as it opens: it fills in the examples and the defaults of the
 * contract. So these make a request that succeeds.
 */
// Otherwise its jobs go on, and queue webhooks while other tests count theirs.
@DirtiesContext
class TryItOutIT extends ContractIT {

  @DynamicPropertySource
  static void settings(DynamicPropertyRegistry registry) {
    registry.add("rekey.notifications.targets[0].name", () -> TARGET);
    registry.add("rekey.notifications.targets[0].url", () -> "http://localhost:1/never-called");
    registry.add("rekey.notifications.targets[0].secrets[0]", () -> "never-used-to-sign-anything");
    registry.add("rekey.notifications.deliver-every", () -> "P1D");
  }

  @AfterAll
  static void removeWebhooks() {
    execute("delete from webhook_delivery where target = ?", TARGET);
  }

  static Stream<Operation> operations() {
    return CONTRACT.operations().stream();
  }

  @ParameterizedTest
  @MethodSource("operations")
  void succeedsAsItOpens(Operation operation) {
    Request real = request(operation);
    String path = isOfRow(operation) ? real.path() : operation.examplePath();
    Http caller = caller(operation);
    for (JsonNode parameter : operation.parameters()) {
      String value = filledIn(parameter);
      if (parameter.path("in").asString().equals("header") && !value.isEmpty()) {
        caller = caller.with(parameter.path("name").asString(), value);
      }
    }

    Answer answer =
        new Request(caller, operation.method(), withQuery(operation, path), body(operation)).send();

    assertThat(answer.status()).as("%s: %s", path, answer.raw().body()).isBetween(200, 299);
  }

  /** Whether a caller has to copy the id of a row from another response. */
  private static boolean isOfRow(Operation operation) {
    return Stream.of("/{id}", "/{credentialId}").anyMatch(operation.path()::contains);
  }

  private Http caller(Operation operation) {
    if (operation.scope().equals("admin")) {
      return as("admin");
    }
    // The example is a connector that only this team has.
    return as(operation.id().equals("adoptCredential") ? "search" : "payments");
  }

  private static String withQuery(Operation operation, String path) {
    String query =
        operation.parameters().stream()
            .filter(parameter -> parameter.path("in").asString().equals("query"))
            .map(parameter -> Map.entry(parameter.path("name").asString(), filledIn(parameter)))
            .filter(parameter -> !parameter.getValue().isEmpty())
            .map(
                parameter ->
                    parameter.getKey()
                        + "="
                        + URLEncoder.encode(parameter.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    String plain = path.replaceFirst("\\?.*", "");
    return query.isEmpty() ? plain : plain + "?" + query;
  }

  private static String filledIn(JsonNode parameter) {
    JsonNode schema = Contract.resolve(CONTRACT.document(), parameter.path("schema"));
    return Stream.of(parameter.path("example"), schema.path("example"), schema.path("default"))
        .filter(value -> !value.isMissingNode())
        .map(JsonNode::asString)
        .findFirst()
        .orElse("");
  }

  private static @Nullable String body(Operation operation) {
    JsonNode content =
        Contract.resolve(CONTRACT.document(), operation.node().path("requestBody"))
            .at("/content/application~1json");
    return content.isMissingNode() ? null : content.path("example").toString();
  }

  @Test
  void noOptionalParameterHasAnExample() {
    assertThat(CONTRACT.operations())
        .allSatisfy(
            operation ->
                assertThat(operation.parameters())
                    .filteredOn(parameter -> !parameter.path("required").asBoolean())
                    .allSatisfy(
                        parameter -> {
                          JsonNode schema =
                              Contract.resolve(CONTRACT.document(), parameter.path("schema"));
                          assertThat(parameter.has("example")).isFalse();
                          assertThat(parameter.has("examples")).isFalse();
                          assertThat(schema.has("example")).isFalse();
                        }));
  }

  @Test
  void noParameterMakesARequestWait() {
    assertThat(CONTRACT.operation("tailAuditEvents").parameters())
        .filteredOn(parameter -> parameter.path("name").asString().equals("waitSeconds"))
        .extracting(parameter -> parameter.at("/schema/default").asInt())
        .containsExactly(0);
  }

  @Test
  void whatARouteRequiresIsRequiredInTheDocument() {
    for (Operation operation : CONTRACT.operations()) {
      JsonNode required = operation.requestSchema().path("required");
      JsonNode body = Contract.resolve(CONTRACT.document(), operation.node().path("requestBody"));
      if (!required.isEmpty()) {
        assertThat(body.path("required").asBoolean()).as(operation.route()).isTrue();
      }
      for (JsonNode field : required) {
        var others = (ObjectNode) body.at("/content/application~1json/example").deepCopy();
        others.remove(field.asString());
        Answer answer =
            new Request(as("admin"), operation.method(), operation.examplePath(), others.toString())
                .send();
        assertThat(answer.text("/type"))
            .as("%s without %s", operation.route(), field)
            .isEqualTo("/problems/invalid-request");
      }
    }
    Operation rotate = CONTRACT.operation("rotateServiceAccountCredential");
    assertThat(rotate.requiresHeader("Idempotency-Key")).isTrue();
    assertThat(new Request(as("payments"), "POST", rotate.examplePath(), "{}").send().text("/type"))
        .isEqualTo("/problems/idempotency-key-required");
  }

  /** Markdown would take two of them for emphasis, and hide them. */
  @Test
  void everyAsteriskIsCodeOrBold() {
    assertThat(CONTRACT.document().findValues("description"))
        .filteredOn(JsonNode::isString)
        .allSatisfy(
            description ->
                assertThat(
                        description
                            .asString()
                            .replaceAll("`[^`]*`", "")
                            .replaceAll("\\*\\*[A-Za-z ]+\\.\\*\\*", ""))
                    .doesNotContain("*"));
  }

  @Test
  void everyWayToTheUiLeadsThere() {
    for (String path : List.of("/", "/swagger-ui", "/swagger-ui.html")) {
      for (String method : List.of("GET", "HEAD")) {
        Answer answer = anonymous().send(method, path, null);
        assertThat(answer.status()).as(method + path).isEqualTo(302);
        assertThat(answer.header("Location")).endsWith("/swagger-ui/index.html");
      }
    }
    assertThat(anonymous().send("HEAD", "/v3/api-docs", null).status()).isEqualTo(200);
    assertThat(anonymous().send("HEAD", "/v3/api-docs.yaml", null).status()).isEqualTo(200);
    assertThat(anonymous().send("HEAD", "/swagger-ui/index.html", null).status()).isEqualTo(200);
    assertThat(anonymous().send("POST", "/v3/api-docs", "{}").status()).isEqualTo(401);
  }

  /** Relative, so that it works behind a path prefix. */
  @Test
  void theUiLinksToTheProblems() {
    assertThat(CONTRACT.document().at("/info/description").asString())
        .contains("](../problems)")
        .doesNotContain("docs/problems.md");
  }
}
