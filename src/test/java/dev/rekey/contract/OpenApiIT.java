package dev.rekey.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.audit.AuditEvent;
import dev.rekey.audit.EventFormat;
import dev.rekey.audit.ocsf.ApiActivity;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.platform.web.Revalidated;
import dev.rekey.rotation.IdempotencyKey;
import dev.rekey.rotation.MintsCredential;
import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.context.request.async.DeferredResult;
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
        .containsExactlyInAnyOrderElementsOf(handlers().byRoute().keySet());
  }

  @Test
  void parametersAreThoseOfTheControllers() {
    assertThat(CONTRACT.operations())
        .allSatisfy(
            operation ->
                assertThat(operation.parameters())
                    .extracting(OpenApiIT::place)
                    .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(
                                Arrays.stream(handlers().of(operation).getMethodParameters())
                                    .flatMap(OpenApiIT::place),
                                headersOfKind(operation))
                            .toList()));
  }

  /** The headers that Rekey reads for every route of a kind. */
  private Stream<String> headersOfKind(Operation operation) {
    return Stream.of(
            Map.entry(Revalidated.class, "header If-None-Match"),
            Map.entry(MintsCredential.class, "header Rekey-Encrypt-To"),
            Map.entry(MintsCredential.class, "header Rekey-Deliver"))
        .filter(kind -> handlers().of(operation).hasMethodAnnotation(kind.getKey()))
        .map(Map.Entry::getValue);
  }

  @Test
  void requestBodiesHaveTheFieldsOfTheControllers() {
    assertThat(CONTRACT.operations())
        .allSatisfy(
            operation -> {
              Optional<Map<String, Field>> taken =
                  Arrays.stream(handlers().of(operation).getMethodParameters())
                      .filter(parameter -> parameter.hasParameterAnnotation(RequestBody.class))
                      .map(ResolvableType::forMethodParameter)
                      .map(JavaFields::of)
                      .findFirst();
              assertThat(operation.requestSchema().isMissingNode()).isEqualTo(taken.isEmpty());
              taken.ifPresent(
                  fields -> {
                    // Accepted for ConductorOne's clients, and described in words only.
                    fields.keySet().removeAll(Set.of("$.app_id", "$.connector_id"));
                    Map<String, Field> described =
                        SchemaFields.of(CONTRACT, operation.requestSchema());
                    assertThat(types(described)).isEqualTo(types(fields));
                  });
            });
  }

  @Test
  void responsesHaveTheFieldsOfTheControllers() {
    assertThat(CONTRACT.operations())
        // Their lines are written by hand; docs/audit-chain.md and docs/audit.md describe them.
        .filteredOn(
            operation -> !Set.of("exportAuditEvents", "streamAuditEvents").contains(operation.id()))
        .allSatisfy(
            operation -> {
              ResolvableType returned =
                  body(ResolvableType.forMethodReturnType(handlers().of(operation).getMethod()));
              if (returned.resolve() == void.class) {
                assertThat(operation.successSchemas()).isEmpty();
              } else {
                Map<String, Field> fields = JavaFields.of(returned);
                assertThat(operation.successSchemas())
                    .isNotEmpty()
                    .allSatisfy(schema -> assertSame(SchemaFields.of(CONTRACT, schema), fields));
              }
            });
  }

  @Test
  void eventsInOcsfHaveTheFieldsOfTheirRecords() {
    assertThat(CONTRACT.operations())
        .filteredOn(operation -> !operation.successSchemas(EventFormat.OCSF_VALUE).isEmpty())
        .extracting(Operation::id)
        .containsExactlyInAnyOrder("searchAuditEvents", "tailAuditEvents");
    assertThat(CONTRACT.operations())
        .allSatisfy(
            operation -> {
              ResolvableType returned =
                  body(ResolvableType.forMethodReturnType(handlers().of(operation).getMethod()));
              assertThat(operation.successSchemas(EventFormat.OCSF_VALUE))
                  .allSatisfy(
                      schema ->
                          assertSame(
                              SchemaFields.of(CONTRACT, schema),
                              JavaFields.of(
                                  returned, Map.of(AuditEvent.class, ApiActivity.class))));
            });
  }

  private static ResolvableType body(ResolvableType returned) {
    Class<?> type = returned.resolve();
    return type == ResponseEntity.class || type == DeferredResult.class
        ? body(returned.getGeneric(0))
        : returned;
  }

  private static void assertSame(Map<String, Field> described, Map<String, Field> fields) {
    // One Java type is written with it on a route, and without it on another.
    described.remove("$.credential.clientSecret");
    fields.remove("$.credential.clientSecret");
    // A text may have fewer values than its Java type says.
    described.replaceAll(
        (path, field) ->
            fields.containsKey(path) && fields.get(path).values().isEmpty()
                ? new Field(field.type(), field.isNullable(), field.isRequired(), Set.of())
                : field);
    assertThat(described).isEqualTo(fields);
  }

  private static Map<String, String> types(Map<String, Field> fields) {
    var types = new TreeMap<String, String>();
    fields.forEach((path, field) -> types.put(path, field.type()));
    return types;
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
                    .containsAll(reachable(handlers().of(operation).getMethod())));
  }

  @Test
  void everyMintingRouteRefusesRepetitionsOrRequiresAKey() {
    assertThat(CONTRACT.operations())
        .filteredOn(
            operation -> handlers().of(operation).hasMethodAnnotation(MintsCredential.class))
        .hasSize(5)
        .allSatisfy(
            operation ->
                assertThat(operation.problems("409").contains("repeated-mint"))
                    .as(operation.route())
                    .isNotEqualTo(operation.requiresHeader(IdempotencyKey.HEADER)));
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

  private Handlers handlers() {
    return Handlers.of(mappings);
  }

  private static String place(JsonNode parameter) {
    return parameter.path("in").asString() + " " + parameter.path("name").asString();
  }

  private static Stream<String> place(MethodParameter parameter) {
    return Stream.of(
            place(parameter, "path", PathVariable.class, PathVariable::name),
            place(parameter, "query", RequestParam.class, RequestParam::name),
            place(parameter, "header", RequestHeader.class, RequestHeader::name),
            components(parameter),
            parameter.getParameterType() == IdempotencyKey.class
                ? Stream.of("header " + IdempotencyKey.HEADER)
                : Stream.<String>empty())
        .flatMap(Function.identity());
  }

  /** Query parameters that are bound to a record. */
  private static Stream<String> components(MethodParameter parameter) {
    return parameter.hasParameterAnnotation(ModelAttribute.class)
        ? Arrays.stream(parameter.getParameterType().getRecordComponents())
            .map(component -> "query " + component.getName())
        : Stream.empty();
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
