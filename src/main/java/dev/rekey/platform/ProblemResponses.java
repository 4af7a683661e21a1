package dev.rekey.platform;

import io.swagger.v3.oas.models.examples.Example;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.JsonSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.http.HttpHeaders;

/** Describes the errors of a route: one answer for each status, one example for each problem. */
final class ProblemResponses {

  static final String SCHEMA = "Problem";

  private ProblemResponses() {}

  static Map<Integer, ApiResponse> of(ApiRoute route, RouteTraits traits) {
    boolean mints = traits.mints(route.method(), route.path());
    Map<Integer, List<Problem>> byStatus =
        route.problems().stream()
            .flatMap(type -> examples(type, route, mints))
            .collect(Collectors.groupingBy(problem -> problem.status().value()));
    var responses = new TreeMap<Integer, ApiResponse>();
    byStatus.forEach(
        (status, problems) ->
            responses.put(status, response(problems, mints, traits.hasGrpcCodes(route.path()))));
    return responses;
  }

  private static Stream<Problem> examples(ProblemType type, ApiRoute route, boolean mints) {
    return type == ProblemType.UPSTREAM_REFUSED
        ? route.refusedAs().stream().map(status -> ProblemExamples.refusal(status, mints))
        : Stream.of(ProblemExamples.of(type, mints));
  }

  private static ApiResponse response(List<Problem> problems, boolean mints, boolean grpcCodes) {
    var json = new MediaType().schema(new JsonSchema().$ref(SCHEMA));
    var response =
        new ApiResponse()
            .description(
                problems.stream()
                    .map(problem -> problem.type().title())
                    .distinct()
                    .collect(Collectors.joining("; or: ", "", ".")))
            .content(
                new Content()
                    .addMediaType(
                        org.springframework.http.MediaType.APPLICATION_PROBLEM_JSON_VALUE, json));
    ApiHeaders.add(RequestInfo.HEADER, response);
    ApiHeaders.add(HttpHeaders.CACHE_CONTROL, response);
    for (Problem problem : problems) {
      json.addExamples(
          problem.type().slug(),
          new Example()
              .summary(problem.type().title())
              .value(Problems.body(problem, grpcCodes, ProblemExamples.REQUEST_ID)));
      problem.headers().headerNames().forEach(name -> ApiHeaders.add(name, response));
      if (mints && !Problems.isSafeToRepeat(problem.type())) {
        ApiHeaders.add(Problems.SHOULD_RETRY, response);
      }
    }
    return response;
  }

  /** The members of every problem. */
  static Schema<?> schema() {
    var schema = new JsonSchema();
    schema.typesItem("object");
    schema.setDescription(
        "What went wrong and what to do next: a problem of RFC 9457, with code and message for the"
            + " upstreams' own clients. More members may follow.");
    schema.addProperty("type", text("Which problem: stable, and listed in docs/problems.md."));
    schema.addProperty("title", text("The same for every problem of the type."));
    schema.addProperty("status", integer("The HTTP status."));
    schema.addProperty("detail", text("What to do next; never repeats a value that was sent."));
    schema.addProperty("code", code());
    schema.addProperty("message", text("The same as detail."));
    schema.addProperty("requestId", text("The X-Request-Id, by which operators find it."));
    schema.addProperty("scope", text("insufficient-scope: the scope that the token lacks."));
    schema.addProperty("subject", text("no-grant: what no grant covers."));
    schema.addProperty(
        "rotationId", text("The rotation that was written down; only where there is one."));
    schema.addProperty(
        "credentialId", text("secret-not-replayable: the credential in the inventory."));
    schema.addProperty("credential", text("secret-not-replayable: where to read of it."));
    schema.addProperty("reissue", text("secret-not-replayable: where to POST if it is lost."));
    schema.addProperty(
        "possible", texts("wrong-state: what can be done with the rotation instead."));
    schema.addProperty("lastUsedAt", text("credential-in-use: when it was last used."));
    schema.addProperty("upstreamStatus", integer("upstream-refused: the status of the refusal."));
    schema.setRequired(
        List.of("type", "title", "status", "detail", "code", "message", "requestId"));
    return schema;
  }

  private static Schema<?> code() {
    return new JsonSchema()
        .typesItem("string")
        .typesItem("integer")
        .description(
            "On ConductorOne's routes the number of a gRPC code, elsewhere the last part of type.");
  }

  private static Schema<?> text(String description) {
    return new JsonSchema().typesItem("string").description(description);
  }

  private static Schema<?> texts(String description) {
    var list = new JsonSchema();
    list.typesItem("array");
    list.setItems(text(""));
    list.setDescription(description);
    return list;
  }

  private static Schema<?> integer(String description) {
    return new JsonSchema().typesItem("integer").description(description);
  }
}
