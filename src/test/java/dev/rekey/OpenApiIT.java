package dev.rekey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.platform.PathId;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.rotation.IdempotencyKey;
import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;

/** Holds the API's description against the controllers, and against what is really answered. */
class OpenApiIT extends RekeyIT {

  private static final String PROBLEM = "application/problem+json";
  private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");

  @Autowired
  @Qualifier("requestMappingHandlerMapping")
  private RequestMappingHandlerMapping mappings;

  private JsonNode document;
  private List<Route> routes;

  /** A controller's method and what the document says of it; missing if it says nothing. */
  private record Route(String method, String path, HandlerMethod handler, JsonNode operation) {

    String name() {
      return method + " " + path;
    }

    Stream<MethodParameter> parameters() {
      return Arrays.stream(handler.getMethodParameters());
    }

    Stream<Map.Entry<String, JsonNode>> responses() {
      return operation.path("responses").properties().stream();
    }

    Stream<JsonNode> problemExamples() {
      return responses()
          .flatMap(
              response ->
                  response.getValue().at(pointer(PROBLEM)).path("examples").properties().stream())
          .map(example -> example.getValue().path("value"));
    }

    Set<ProblemType> problems() {
      return problemExamples().map(OpenApiIT::type).collect(Collectors.toSet());
    }
  }

  @BeforeEach
  void readDocument() {
    document = anonymous().get("/v3/api-docs").body();
    routes =
        mappings.getHandlerMethods().entrySet().stream()
            .filter(mapping -> isOurs(mapping.getValue()))
            .flatMap(
                mapping ->
                    mapping.getKey().getPatternValues().stream()
                        .flatMap(
                            path ->
                                mapping.getKey().getMethodsCondition().getMethods().stream()
                                    .map(method -> route(method.name(), path, mapping.getValue()))))
            .toList();
  }

  @Test
  void describesTheRoutesThatThereAreAndNoOthers() {
    Stream<String> described =
        document.path("paths").properties().stream()
            .flatMap(
                path ->
                    path.getValue().propertyNames().stream()
                        .filter(METHODS::contains)
                        .map(method -> method.toUpperCase(Locale.ROOT) + " " + path.getKey()));

    assertThat(described).containsExactlyInAnyOrderElementsOf(names(routes));
  }

  @Test
  void saysWhatItIs() {
    assertThat(document.path("openapi").asString()).startsWith("3.1.");
    for (String text : List.of("title", "version", "description")) {
      assertThat(document.path("info").path(text).asString()).as(text).isNotBlank();
    }
    assertThat(document.at("/info/license/identifier").asString()).isEqualTo("Apache-2.0");
    assertThat(document.path("servers")).hasSize(1);
    assertThat(document.at("/servers/0/url").asString()).isEqualTo("/");
    assertThat(document.at("/components/securitySchemes/bearer/scheme").asString())
        .isEqualTo("bearer");
  }

  @Test
  void everyOperationSaysWhatItDoes() {
    assertThat(routes)
        .allSatisfy(
            route -> {
              for (String text : List.of("operationId", "summary", "description")) {
                assertThat(route.operation().path(text).asString("")).as(text).isNotBlank();
              }
              assertThat(route.operation().path("tags")).hasSize(1);
            })
        .extracting(route -> route.operation().path("operationId").asString())
        .doesNotHaveDuplicates();
    assertThat(ApiSchema.stream(document.path("tags")))
        .allSatisfy(tag -> assertThat(tag.path("description").asString("")).isNotBlank());
  }

  @Test
  void everyOperationNamesTheScopeThatItReallyNeeds() {
    assertThat(routes)
        .allSatisfy(
            route -> {
              String scope = route.operation().at("/security/0/bearer/0").asString("");
              String other = scope.equals("audit:read") ? "credentials:read" : "audit:read";
              Answer answer = withScope(other).send(route.method(), url(route), "{}");
              assertThat(answer.status()).isEqualTo(403);
              assertThat(answer.text("/scope")).isNotEmpty().isEqualTo(scope);
            });
  }

  @Test
  void parametersAreThoseOfTheController() {
    assertThat(routes)
        .allSatisfy(
            route -> {
              var described = route.operation().path("parameters");
              assertThat(ApiSchema.stream(described))
                  .extracting(OpenApiIT::place)
                  .containsExactlyInAnyOrderElementsOf(
                      route.parameters().flatMap(OpenApiIT::place).toList());
              assertThat(ApiSchema.stream(described))
                  .allSatisfy(
                      parameter -> {
                        assertThat(parameter.path("description").asString("")).isNotBlank();
                        assertThat(violations(parameter.path("schema"), parameter.path("example")))
                            .as(parameter.path("name").asString())
                            .isEmpty();
                      });
            });
  }

  @Test
  void idsOfUpstreamsAreDescribedByTheirPattern() {
    assertThat(routes)
        .allSatisfy(
            route ->
                route
                    .parameters()
                    .filter(parameter -> parameter.getParameterType() == PathId.class)
                    .flatMap(OpenApiIT::place)
                    .forEach(
                        place -> {
                          JsonNode schema = parameter(route, place).path("schema");
                          String pattern = schema.path("pattern").asString();
                          assertThat(schema.path("type").asString()).isEqualTo("string");
                          assertThat("a.~b").matches(pattern);
                          assertThat(Stream.of("", ".", "..", "a/b", "a".repeat(256)))
                              .noneMatch(id -> id.matches(pattern));
                        }));
  }

  @Test
  void bodiesAreDescribedWithAnExampleThatFits() {
    assertThat(routes)
        .allSatisfy(
            route -> {
              boolean takesBody =
                  route.parameters().anyMatch(p -> p.hasParameterAnnotation(RequestBody.class));
              JsonNode body = route.operation().at("/requestBody" + pointer("application/json"));
              assertThat(body.isObject()).isEqualTo(takesBody);
              if (takesBody) {
                assertThat(violations(body.path("schema"), body.path("example"))).isEmpty();
              }
            });
  }

  @Test
  void everyAnswerHasADescriptionItsRequestIdAndExamplesThatFit() {
    assertThat(routes)
        .allSatisfy(
            route ->
                assertThat(route.responses())
                    .allSatisfy(
                        response -> {
                          JsonNode answer = response.getValue();
                          assertThat(answer.path("description").asString("")).isNotBlank();
                          assertThat(answer.path("headers").propertyNames())
                              .contains("X-Request-Id");
                          assertThat(answer.has("content"))
                              .isNotEqualTo(response.getKey().equals("204"));
                          answer
                              .path("content")
                              .properties()
                              .forEach(content -> assertExamplesFit(content.getValue()));
                        }));
  }

  @Test
  void everyFieldAndHeaderIsDescribed() {
    assertThat(document.at("/components/headers").properties())
        .isNotEmpty()
        .allSatisfy(
            header -> assertThat(header.getValue().path("description").asString("")).isNotBlank());
    assertThat(document.at("/components/schemas").properties())
        .isNotEmpty()
        .allSatisfy(
            schema -> {
              assertThat(schema.getValue().path("description").asString("")).isNotBlank();
              assertThat(schema.getValue().path("properties").properties())
                  .allSatisfy(
                      field ->
                          assertThat(field.getValue().path("description").asString(""))
                              .isNotBlank());
            });
  }

  @Test
  void errorsAreThoseOfTheCatalogue() {
    assertThat(routes)
        .allSatisfy(
            route ->
                assertThat(route.responses().filter(response -> isError(response.getKey())))
                    .isNotEmpty()
                    .allSatisfy(
                        response -> {
                          JsonNode content = response.getValue().at(pointer(PROBLEM));
                          assertThat(content.at("/schema/$ref").asString())
                              .isEqualTo("#/components/schemas/Problem");
                          assertThat(content.path("examples").properties())
                              .isNotEmpty()
                              .allSatisfy(
                                  example ->
                                      assertOfCatalogue(
                                          route,
                                          response.getKey(),
                                          example.getKey(),
                                          example.getValue().path("value")));
                        }));
    assertThat(routes.stream().flatMap(route -> route.problems().stream()))
        .contains(ProblemType.values());
  }

  @Test
  void everyErrorThatTheCodeOfARouteCanComeToIsDescribed() {
    assertThat(routes)
        .allSatisfy(
            route ->
                assertThat(route.problems())
                    .containsAll(ReachableProblems.from(route.handler().getMethod())));
  }

  @Test
  void errorsOfMintingRoutesCarryWhatTheirClientsNeed() {
    assertThat(
            routes.stream()
                .filter(route -> route.problems().contains(ProblemType.ROTATION_OUTCOME_UNKNOWN)))
        .hasSize(5)
        .allSatisfy(
            route -> {
              assertThat(headers(route, "409")).contains("x-should-retry", "Location");
              assertThat(headers(route, "504")).contains("x-should-retry", "Location");
              assertThat(headers(route, "502")).contains("x-should-retry");
              assertThat(headers(route, "503")).doesNotContain("x-should-retry");
              assertThat(headers(route, "429"))
                  .contains("Retry-After")
                  .doesNotContain("x-should-retry");
              assertThat(headers(route, "401")).contains("WWW-Authenticate");
            });
  }

  @Test
  void rotationsOfConnectorsAnswerAsDescribed() {
    Answer rotated = as("payments").post(ROTATE, OKTA);
    String legacy = "/api/v1/apps/{appId}/connectors/{connectorId}/credentials";
    String credentials = "/api/v1/apps/crm/connectors/okta/credentials";

    assertAsDescribed("POST", ROTATE, rotated);
    assertThat(headers(route("POST", ROTATE), "200"))
        .contains("Rekey-Rotation-Id", "Rekey-Credential-Id", "Cache-Control");
    assertThat(rotated.header("Rekey-Credential-Id")).isNotNull();
    assertAsDescribed("POST", legacy, as("payments").post(credentials, "{}"));
    String id = as("payments").post(ROTATE, OKTA).text("/credential/id");
    String credential = credentials + "/" + id;
    assertAsDescribed("GET", legacy + "/{id}", as("payments").get(credential));
    assertAsDescribed("POST", legacy + "/{id}", as("payments").post(credential, "{}"));
    assertAsDescribed(
        "GET",
        "/api/v1/rotations/{id}",
        as("payments").get("/api/v1/rotations/" + rotated.header("Rekey-Rotation-Id")));
    assertAsDescribed(
        "GET",
        "/api/v1/credentials/{id}",
        as("payments").get("/api/v1/credentials/" + rotated.header("Rekey-Credential-Id")));
  }

  @Test
  void credentialsOfServiceAccountsAnswerAsDescribed() {
    String list =
        "/organizations/{organization_id}/service-accounts/{service_account_id}/credentials";
    String one = list + "/{credential_id}";

    Answer created =
        as("payments").post(CHECKOUT, "{\"name\":\"described\",\"description\":\"here\"}");
    String path = CHECKOUT + "/" + created.text("/id");

    assertAsDescribed("POST", list, created);
    assertAsDescribed("GET", list, as("payments").get(CHECKOUT + "?limit=1&expand=permissions"));
    assertAsDescribed("GET", one, as("payments").get(path + "?expand=permissions"));
    assertAsDescribed("PATCH", one, as("payments").send("PATCH", path, "{\"name\":\"renamed\"}"));
    assertAsDescribed("DELETE", one, as("payments").delete(path));
  }

  @Test
  void listsAnswerAsDescribed() {
    as("payments").post(ROTATE, OKTA);
    as("payments").post(ROTATE, OKTA);

    Answer inventory = as("payments").get("/api/v1/credentials?limit=1");
    Answer history = as("payments").get("/api/v1/audit-events?limit=2");

    assertAsDescribed("GET", "/api/v1/credentials", inventory);
    assertAsDescribed("GET", "/api/v1/audit-events", history);
    assertThat(history.header("Link")).isNotNull();
    assertThat(headers(route("GET", "/api/v1/audit-events"), "200")).contains("Link");
  }

  @Test
  void adoptionsAndTheSummaryAnswerAsDescribed() {
    String credentials = "/api/v1/credentials";
    String made = behindRekeysBack().post(CHECKOUT, "{\"name\":\"made-there\"}").text("/id");
    String wanted =
        "{\"upstream\":\"keycard\",\"subject\":\"organizations/acme/service-accounts/checkout\","
            + "\"upstreamId\":\"%s\"}";

    Answer adopted = as("payments").post(credentials, wanted.formatted(made));

    assertThat(adopted.status()).isEqualTo(201);
    assertAsDescribed("POST", credentials, adopted);
    assertThat(headers(route("POST", credentials), "201")).contains("Location");
    assertThat(headers(route("POST", credentials), "200")).doesNotContain("Location");
    Answer again = as("payments").post(credentials, wanted.formatted(made));
    assertThat(again.status()).isEqualTo(200);
    assertAsDescribed("POST", credentials, again);
    assertAsDescribed(
        "POST", credentials, as("payments").post(credentials, wanted.formatted("never-was")));
    assertAsDescribed("GET", "/api/v1/summary", as("payments").get("/api/v1/summary"));
  }

  @Test
  void theHistoryIsFollowedAndCountedAsDescribed() {
    as("payments").post(ROTATE, OKTA);
    String tail = "/api/v1/audit-events/tail";
    String aggregate = "/api/v1/audit-events/aggregate";

    Answer followed = as("payments").get(tail + "?limit=2&waitSeconds=5");
    Answer counted = as("payments").get(aggregate + "?groupBy=outcome,type&bucket=1d");

    assertAsDescribed("GET", tail, followed);
    assertThat(headers(route("GET", tail), "200")).contains("Link");
    assertAsDescribed("GET", aggregate, counted);
    assertThat(counted.body().path("series").valueStream())
        .anyMatch(series -> series.at("/key/0").isNull());
  }

  @Test
  void problemsAnswerAsDescribed() {
    assertAsDescribed("POST", ROTATE, anonymous().post(ROTATE, OKTA));
    assertAsDescribed("POST", ROTATE, as("viewer").post(ROTATE, OKTA));
    assertAsDescribed("POST", ROTATE, as("search").post(ROTATE, OKTA));
    assertAsDescribed("POST", ROTATE, as("payments").post(ROTATE, "{"));
    control().fault("conductorone", "rotate", "status", "\"status\":500,\"times\":1");
    assertAsDescribed("POST", ROTATE, as("payments").post(ROTATE, OKTA));
    control().fault("conductorone", "rotate", "status", "\"status\":409,\"times\":1");
    assertAsDescribed("POST", ROTATE, as("payments").post(ROTATE, OKTA));
  }

  @Test
  void swaggerUiLoadsWithoutAToken() {
    Answer redirect = anonymous().get("/swagger-ui");

    assertThat(redirect.status()).isEqualTo(302);
    assertThat(redirect.header("Location")).endsWith("/swagger-ui/index.html");
    assertThat(anonymous().get("/swagger-ui/index.html").raw().body()).contains("Swagger UI");
    assertThat(anonymous().get("/swagger-ui/swagger-initializer.js").raw().body())
        .contains("/v3/api-docs/swagger-config")
        .doesNotContain("petstore");
    assertThat(anonymous().get("/v3/api-docs/swagger-config").text("/url"))
        .isEqualTo("/v3/api-docs");
    assertThat(anonymous().get("/v3/api-docs.yaml").status()).isEqualTo(200);
  }

  private void assertExamplesFit(JsonNode content) {
    Stream<JsonNode> examples =
        content.has("examples")
            ? content.path("examples").properties().stream().map(e -> e.getValue().path("value"))
            : Stream.of(content.path("example"));
    assertThat(examples)
        .isNotEmpty()
        .allSatisfy(example -> assertThat(violations(content.path("schema"), example)).isEmpty());
  }

  private static void assertOfCatalogue(Route route, String status, String name, JsonNode example) {
    ProblemType type = type(example);
    assertThat(name).isEqualTo(type.slug());
    assertThat(example.path("title").asString()).isEqualTo(type.title());
    assertThat(example.path("status").asInt()).isEqualTo(Integer.parseInt(status));
    if (type != ProblemType.UPSTREAM_REFUSED) {
      assertThat(status).isEqualTo(Integer.toString(type.status().value()));
    }
    assertThat(example.path("code").isIntegralNumber())
        .isEqualTo(route.path().startsWith("/api/v1/apps/"));
  }

  /** Neither a member nor a header of Rekey's own may be missing in the document. */
  private void assertAsDescribed(String method, String path, Answer answer) {
    JsonNode response =
        route(method, path).operation().path("responses").path("" + answer.status());
    assertThat(response.isObject()).as("status %s of %s", answer.status(), path).isTrue();
    answer
        .raw()
        .headers()
        .map()
        .keySet()
        .forEach(
            name -> {
              if (document.at("/components/headers").has(name) && !name.equals("Cache-Control")) {
                assertThat(response.path("headers").propertyNames()).contains(name);
              }
            });
    if (answer.status() == 204) {
      assertThat(answer.raw().body()).isEmpty();
      return;
    }
    String mediaType = isError("" + answer.status()) ? PROBLEM : "application/json";
    JsonNode schema = response.at(pointer(mediaType)).path("schema");
    assertThat(violations(schema, answer.body())).isEmpty();
  }

  private List<String> violations(JsonNode schema, JsonNode value) {
    return new ApiSchema(document, schema).violations(value);
  }

  private Route route(String method, String path) {
    return routes.stream()
        .filter(route -> route.method().equals(method) && route.path().equals(path))
        .findFirst()
        .orElseThrow();
  }

  private Route route(String method, String path, HandlerMethod handler) {
    JsonNode operation = document.path("paths").path(path).path(method.toLowerCase(Locale.ROOT));
    return new Route(method, path, handler, operation);
  }

  private static Set<String> headers(Route route, String status) {
    return new TreeSet<>(
        route.operation().path("responses").path(status).path("headers").propertyNames());
  }

  /** The path with the example of each of its parameters. */
  private static String url(Route route) {
    String url = route.path();
    for (JsonNode parameter : route.operation().path("parameters")) {
      url =
          url.replace(
              "{" + parameter.path("name").asString() + "}",
              parameter.path("example").asString(""));
    }
    return url;
  }

  private Http withScope(String scope) {
    String basic =
        Base64.getEncoder()
            .encodeToString("auditor:auditor-secret".getBytes(StandardCharsets.UTF_8));
    return anonymous()
        .bearer(
            Http.at(surroundings().sandbox().url())
                .with("Content-Type", "application/x-www-form-urlencoded")
                .with("Authorization", "Basic " + basic)
                .post("/oauth2/token", "grant_type=client_credentials&scope=" + scope)
                .text("/access_token"));
  }

  private static JsonNode parameter(Route route, String place) {
    return ApiSchema.stream(route.operation().path("parameters"))
        .filter(parameter -> place(parameter).equals(place))
        .findFirst()
        .orElseThrow();
  }

  private static String place(JsonNode parameter) {
    return parameter.path("in").asString() + " " + parameter.path("name").asString();
  }

  private static Stream<String> place(MethodParameter parameter) {
    return Stream.of(
            place(parameter, "path", PathVariable.class, PathVariable::name),
            place(parameter, "query", RequestParam.class, RequestParam::name),
            place(parameter, "header", RequestHeader.class, RequestHeader::name),
            parameter.getParameterType() == IdempotencyKey.class
                ? Stream.of("header " + IdempotencyKey.HEADER)
                : Stream.<String>empty())
        .flatMap(Function.identity());
  }

  private static <A extends java.lang.annotation.Annotation> Stream<String> place(
      MethodParameter parameter, String in, Class<A> type, Function<A, String> name) {
    return Stream.ofNullable(parameter.getParameterAnnotation(type))
        .map(annotation -> in + " " + name.apply(annotation));
  }

  private static ProblemType type(JsonNode problem) {
    String slug = problem.path("type").asString().replaceFirst("^/problems/", "");
    return Arrays.stream(ProblemType.values())
        .filter(type -> type.slug().equals(slug))
        .findFirst()
        .orElseThrow(() -> new AssertionError(slug + " is not in the catalogue"));
  }

  private static boolean isOurs(HandlerMethod handler) {
    return handler.getBeanType().getPackageName().startsWith("dev.rekey")
        && !ErrorController.class.isAssignableFrom(handler.getBeanType());
  }

  private static boolean isError(String status) {
    return status.compareTo("400") >= 0;
  }

  private static List<String> names(List<Route> routes) {
    return routes.stream().map(Route::name).toList();
  }

  private static String pointer(String mediaType) {
    return "/content/" + mediaType.replace("/", "~1");
  }
}
