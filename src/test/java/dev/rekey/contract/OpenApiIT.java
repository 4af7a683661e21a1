package dev.rekey.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.rotation.IdempotencyKey;
import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;

/** Compares the contract with the controllers, and checks how it is served. */
class OpenApiIT extends RekeyIT {

  private static final Contract CONTRACT = Contract.read();
  private static final Schemas SCHEMAS = new Schemas(CONTRACT);

  @Autowired
  @Qualifier("requestMappingHandlerMapping")
  private RequestMappingHandlerMapping mappings;

  @Test
  void everyRouteIsDescribedAndNoOther() {
    assertThat(CONTRACT.operations())
        .extracting(Operation::route)
        .containsExactlyInAnyOrderElementsOf(handlers().keySet());
  }

  @Test
  void parametersAreThoseOfTheControllers() {
    assertThat(CONTRACT.operations())
        .allSatisfy(
            operation ->
                assertThat(operation.parameters())
                    .extracting(OpenApiIT::place)
                    .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(handler(operation).getMethodParameters())
                            .flatMap(OpenApiIT::place)
                            .toList()));
  }

  @Test
  void everyOperationDemandsTheScopeThatItNames() {
    assertThat(CONTRACT.operations())
        .allSatisfy(
            operation -> {
              String other =
                  operation.scope().equals("audit:read") ? "credentials:read" : "audit:read";
              Answer answer =
                  withScope(other).send(operation.method(), operation.examplePath(), "{}");
              assertThat(answer.status()).isEqualTo(403);
              assertThat(answer.text("/scope")).isNotEmpty().isEqualTo(operation.scope());
            });
  }

  @Test
  void everyProblemThatTheCodeCanReachIsListed() {
    assertThat(CONTRACT.operations())
        .allSatisfy(
            operation ->
                assertThat(operation.problems())
                    .containsAll(reachable(handler(operation).getMethod())));
  }

  @Test
  void problemExamplesAreThoseOfTheCatalogue() {
    var listed = new TreeSet<String>();
    for (Operation operation : CONTRACT.operations()) {
      operation
          .errors()
          .forEach(
              response ->
                  Operation.problemExamples(response.getValue())
                      .properties()
                      .forEach(
                          example -> {
                            listed.add(example.getKey());
                            assertOfCatalogue(
                                response.getKey(),
                                example.getKey(),
                                Contract.resolve(CONTRACT.document(), example.getValue())
                                    .path("value"));
                          }));
    }
    assertThat(listed)
        .containsExactlyElementsOf(
            Arrays.stream(ProblemType.values()).map(ProblemType::slug).sorted().toList());
  }

  @Test
  void everyExampleFitsItsSchema() {
    for (Operation operation : CONTRACT.operations()) {
      JsonNode body =
          Contract.resolve(CONTRACT.document(), operation.node().path("requestBody"))
              .at("/content/application~1json");
      if (!body.isMissingNode()) {
        assertExamplesFit(body);
      }
      operation
          .responses()
          .values()
          .forEach(
              response ->
                  response.path("content").properties().stream()
                      .map(Map.Entry::getValue)
                      .forEach(OpenApiIT::assertExamplesFit));
      for (JsonNode parameter : operation.parameters()) {
        if (parameter.has("example")) {
          assertThat(SCHEMAS.violations(parameter.path("schema"), parameter.path("example")))
              .isEmpty();
        }
      }
    }
  }

  @Test
  void everythingIsDescribed() {
    JsonNode components = CONTRACT.document().path("components");
    assertThat(CONTRACT.operations())
        .allSatisfy(
            operation -> {
              for (String text : List.of("operationId", "summary", "description")) {
                assertThat(operation.node().path(text).asString("")).as(text).isNotBlank();
              }
              assertThat(operation.parameters()).allSatisfy(OpenApiIT::assertDescribed);
              assertThat(operation.responses().values())
                  .allSatisfy(OpenApiIT::assertDescribed)
                  .allSatisfy(
                      response ->
                          assertThat(response.path("headers").propertyNames())
                              .contains("X-Request-Id"));
            });
    assertThat(components.path("headers").valueStream()).allSatisfy(OpenApiIT::assertDescribed);
    assertThat(components.path("schemas").valueStream())
        .allSatisfy(OpenApiIT::assertDescribed)
        .allSatisfy(
            schema ->
                assertThat(schema.path("properties").valueStream())
                    .allSatisfy(
                        field ->
                            assertDescribed(
                                field.has("description")
                                    ? field
                                    : Contract.resolve(CONTRACT.document(), field))));
  }

  @Test
  void theContractIsServedAsItIsAndAsJson() {
    Answer yaml = anonymous().get("/v3/api-docs");

    assertThat(yaml.status()).isEqualTo(200);
    assertThat(yaml.header("Content-Type")).isEqualTo("application/yaml");
    assertThat(yaml.raw().body()).startsWith("openapi: 3.1.0");
    assertThat(anonymous().get("/v3/api-docs.yaml").raw().body()).isEqualTo(yaml.raw().body());
    Answer json = anonymous().with("Accept", "application/json").get("/v3/api-docs");
    assertThat(json.header("Content-Type")).isEqualTo("application/json");
    assertThat(json.body()).isEqualTo(CONTRACT.document());
  }

  @Test
  void swaggerUiLoadsWithoutAToken() {
    Answer redirect = anonymous().get("/swagger-ui");

    assertThat(redirect.status()).isEqualTo(302);
    assertThat(redirect.header("Location")).endsWith("/swagger-ui/index.html");
    assertThat(anonymous().get("/swagger-ui/index.html").raw().body())
        .contains("<title>Rekey API</title>");
    assertThat(anonymous().get("/swagger-ui/swagger-initializer.js").raw().body())
        .contains("/v3/api-docs")
        .doesNotContain("petstore");
    for (String file : List.of("swagger-ui-bundle.js", "swagger-ui.css", "favicon-32x32.png")) {
      assertThat(anonymous().get("/swagger-ui/" + file).status()).as(file).isEqualTo(200);
    }
  }

  private HandlerMethod handler(Operation operation) {
    return Objects.requireNonNull(handlers().get(operation.route()));
  }

  private Map<String, HandlerMethod> handlers() {
    var handlers = new TreeMap<String, HandlerMethod>();
    mappings
        .getHandlerMethods()
        .forEach(
            (mapping, handler) -> {
              if (isOfTheApi(handler)) {
                for (String path : mapping.getPatternValues()) {
                  mapping
                      .getMethodsCondition()
                      .getMethods()
                      .forEach(method -> handlers.put(method + " " + path, handler));
                }
              }
            });
    handlers.keySet().removeIf(route -> route.contains("/v3/api-docs"));
    return handlers;
  }

  private static boolean isOfTheApi(HandlerMethod handler) {
    return handler.getBeanType().getPackageName().startsWith("dev.rekey")
        && !ErrorController.class.isAssignableFrom(handler.getBeanType());
  }

  private static String place(JsonNode parameter) {
    return parameter.path("in").asString() + " " + parameter.path("name").asString();
  }

  private static Stream<String> place(MethodParameter parameter) {
    return Stream.of(
            place(parameter, "path", PathVariable.class, PathVariable::name),
            place(parameter, "query", RequestParam.class, RequestParam::name),
            parameter.hasParameterAnnotation(ModelAttribute.class)
                ? Arrays.stream(parameter.getParameterType().getRecordComponents())
                    .map(component -> "query " + component.getName())
                : Stream.<String>empty(),
            place(parameter, "header", RequestHeader.class, RequestHeader::name),
            parameter.getParameterType() == IdempotencyKey.class
                ? Stream.of("header " + IdempotencyKey.HEADER)
                : Stream.<String>empty())
        .flatMap(Function.identity());
  }

  private static <A extends Annotation> Stream<String> place(
      MethodParameter parameter, String in, Class<A> type, Function<A, String> name) {
    return Stream.ofNullable(parameter.getParameterAnnotation(type))
        .map(annotation -> in + " " + name.apply(annotation));
  }

  private static Set<String> reachable(Method handler) {
    var slugs = new TreeSet<String>();
    ReachableProblems.from(handler).forEach(problem -> slugs.add(problem.slug()));
    return slugs;
  }

  private static void assertOfCatalogue(String status, String name, JsonNode example) {
    ProblemType type =
        Arrays.stream(ProblemType.values())
            .filter(each -> each.slug().equals(name))
            .findFirst()
            .orElseThrow(() -> new AssertionError(name + " is not in the catalogue"));
    assertThat(example.path("type").asString()).isEqualTo(type.uri().toString());
    assertThat(example.path("title").asString()).isEqualTo(type.title());
    assertThat(example.path("code").asString()).isEqualTo(name);
    assertThat(example.path("message")).isEqualTo(example.path("detail"));
    assertThat(example.path("status").asInt()).isEqualTo(Integer.parseInt(status));
    if (type != ProblemType.UPSTREAM_REFUSED) {
      assertThat(type.status().value()).isEqualTo(Integer.parseInt(status));
    }
  }

  private static void assertExamplesFit(JsonNode content) {
    Stream<JsonNode> examples =
        content.has("examples")
            ? content
                .path("examples")
                .valueStream()
                .map(example -> Contract.resolve(CONTRACT.document(), example).path("value"))
            : Stream.of(content.path("example"));
    assertThat(examples)
        .isNotEmpty()
        .allSatisfy(
            example -> assertThat(SCHEMAS.violations(content.path("schema"), example)).isEmpty());
  }

  private static void assertDescribed(JsonNode node) {
    assertThat(node.path("description").asString("")).as(node.toString()).isNotBlank();
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
}
