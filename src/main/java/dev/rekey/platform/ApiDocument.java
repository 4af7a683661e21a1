package dev.rekey.platform;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem.HttpMethod;
import io.swagger.v3.oas.models.Paths;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import io.swagger.v3.oas.models.tags.Tag;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.RequestBody;

/**
 * Completes the description that springdoc makes from the controllers by what follows from their
 * code: errors, headers, which fields are always there, and examples of whole bodies.
 */
@Component
class ApiDocument implements OpenApiCustomizer {

  private static final String SLICE = Slice.class.getSimpleName();
  private static final String CREATED = Integer.toString(HttpStatus.CREATED.value());
  private static final String REF = "#/components/schemas/";

  private final ApiRoutes routes;
  private final RouteTraits traits;

  ApiDocument(ApiRoutes routes, RouteTraits traits) {
    this.routes = routes;
    this.traits = traits;
  }

  @Override
  public void customise(OpenAPI document) {
    Components components = document.getComponents();
    Map<String, Schema<?>> schemas = new TreeMap<>();
    components.getSchemas().forEach((name, schema) -> schemas.put(schemaName(name), schema));
    var records = new RecordSchemas(schemas);
    routes.all().forEach(route -> complete(records, route));
    schemas.put(ProblemResponses.SCHEMA, ProblemResponses.schema());
    components.setSchemas(new TreeMap<>(schemas));
    ApiHeaders.all().forEach(components::addHeaders);
    routes
        .all()
        .forEach(
            route ->
                describe(
                    operation(document, route),
                    route,
                    new BodyExamples(schemas, traits.mints(route.method(), route.path()))));
    sort(document);
  }

  private static void complete(RecordSchemas records, ApiRoute route) {
    records.answer(route.answer());
    Arrays.stream(route.handler().getMethodParameters())
        .filter(parameter -> parameter.hasParameterAnnotation(RequestBody.class))
        .map(MethodParameter::getParameterType)
        .map(ResolvableType::forClass)
        .forEach(records::request);
  }

  private static Operation operation(OpenAPI document, ApiRoute route) {
    var path = Objects.requireNonNull(document.getPaths().get(route.path()));
    return Objects.requireNonNull(path.readOperationsMap().get(HttpMethod.valueOf(route.method())));
  }

  private void describe(Operation operation, ApiRoute route, BodyExamples examples) {
    if (operation.getRequestBody() != null) {
      operation.getRequestBody().getContent().values().forEach(body -> addExample(body, examples));
    }
    var responses = new ApiResponses();
    operation
        .getResponses()
        .forEach(
            (status, response) -> {
              succeed(response, route, examples);
              if (isOfSomethingNew(status, route)) {
                ApiHeaders.add(HttpHeaders.LOCATION, response);
              }
              responses.addApiResponse(status, response);
            });
    ProblemResponses.of(route, traits)
        .forEach((status, response) -> responses.addApiResponse(status.toString(), response));
    operation.setResponses(responses);
  }

  /** A mint's new credential is in the answer, and its place in headers of our own. */
  private boolean isOfSomethingNew(String status, ApiRoute route) {
    return status.equals(CREATED) && !traits.mints(route.method(), route.path());
  }

  private void succeed(ApiResponse response, ApiRoute route, BodyExamples examples) {
    ApiHeaders.add(RequestInfo.HEADER, response);
    if (traits.mints(route.method(), route.path())) {
      ApiHeaders.add(HttpHeaders.CACHE_CONTROL, response);
      ApiHeaders.add(RekeyHeaders.ROTATION_ID, response);
      ApiHeaders.add(RekeyHeaders.CREDENTIAL_ID, response);
    }
    if (route.isPaged()) {
      ApiHeaders.add(HttpHeaders.LINK, response);
    }
    if (response.getContent() == null) {
      response.setDescription("It is done; there is no body.");
      return;
    }
    for (MediaType body : response.getContent().values()) {
      if (body.getSchema().get$ref() != null) {
        body.getSchema().set$ref(schemaName(body.getSchema().get$ref()));
      }
      addExample(body, examples);
      response.setDescription(examples.description(body.getSchema()));
    }
  }

  private static void addExample(MediaType body, BodyExamples examples) {
    body.setExample(examples.of(body.getSchema()));
  }

  /** As springdoc names it, or {@code CredentialPage} instead of {@code SliceCredential}. */
  private static String schemaName(String nameOrRef) {
    String name = nameOrRef.startsWith(REF) ? nameOrRef.substring(REF.length()) : nameOrRef;
    return name.startsWith(SLICE) ? name.substring(SLICE.length()) + RecordSchemas.PAGE : name;
  }

  private static void sort(OpenAPI document) {
    var paths = new Paths();
    new TreeMap<>(document.getPaths()).forEach(paths::addPathItem);
    document.setPaths(paths);
    document.setTags(
        document.getTags().stream().sorted(Comparator.comparing(Tag::getName)).toList());
  }
}
