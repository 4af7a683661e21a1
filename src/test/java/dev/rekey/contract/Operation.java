package dev.rekey.contract;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import tools.jackson.databind.JsonNode;

/** One operation of the contract. */
public record Operation(
    JsonNode document, String method, String path, PathPattern pattern, JsonNode node) {

  static final Comparator<Operation> MOST_SPECIFIC_FIRST =
      Comparator.comparing(Operation::pattern, PathPattern.SPECIFICITY_COMPARATOR);

  Operation(JsonNode document, String method, String path, JsonNode node) {
    this(document, method, path, PathPatternParser.defaultInstance.parse(path), node);
  }

  String id() {
    return node.path("operationId").asString();
  }

  /** Such as {@code GET /api/v1/summary}. */
  public String route() {
    return method + " " + path;
  }

  boolean matches(String requested) {
    return pattern.matches(PathContainer.parsePath(requested));
  }

  /** Those of the operation and of its path. */
  List<JsonNode> parameters() {
    return Stream.of(node, document.path("paths").path(path))
        .flatMap(owner -> owner.path("parameters").valueStream())
        .map(parameter -> Contract.resolve(document, parameter))
        .toList();
  }

  /** The path with the example of each of its parameters. */
  public String examplePath() {
    String example = path;
    for (JsonNode parameter : parameters()) {
      example =
          example.replace(
              "{" + parameter.path("name").asString() + "}",
              parameter.path("example").asString(""));
    }
    return example;
  }

  JsonNode requestSchema() {
    return Contract.resolve(
        document,
        Contract.resolve(document, node.path("requestBody"))
            .at("/content/application~1json/schema"));
  }

  /** The JSON that it returns with 2xx. */
  List<JsonNode> successSchemas() {
    return successSchemas("application/json");
  }

  List<JsonNode> successSchemas(String mediaType) {
    return responses().entrySet().stream()
        .filter(response -> response.getKey().startsWith("2"))
        .map(response -> response.getValue().path("content").path(mediaType).path("schema"))
        .filter(schema -> !schema.isMissingNode())
        .toList();
  }

  /** By status, with every reference to a response resolved. */
  Map<String, JsonNode> responses() {
    var responses = new TreeMap<String, JsonNode>();
    node.path("responses")
        .properties()
        .forEach(
            entry -> responses.put(entry.getKey(), Contract.resolve(document, entry.getValue())));
    return responses;
  }

  /** The names of its problem types with a status; each is also the name of the example. */
  Set<String> problems(String status) {
    JsonNode response = responses().get(status);
    return response == null ? Set.of() : new TreeSet<>(problemExamples(response).propertyNames());
  }

  Set<String> problems() {
    return responses().values().stream()
        .flatMap(response -> problemExamples(response).propertyNames().stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  static JsonNode problemExamples(JsonNode response) {
    return response.path("content").path(Contract.PROBLEM).path("examples");
  }

  /** The one scope that it demands. */
  String scope() {
    return node.at("/security/0/bearer/0").asString();
  }

  /** The one status that it lists a problem with. */
  String statusOf(String problem) {
    return responses().keySet().stream()
        .filter(status -> problems(status).contains(problem))
        .findFirst()
        .orElseThrow();
  }

  boolean takesQuery(String name) {
    return parameters().stream()
        .filter(parameter -> parameter.path("in").asString().equals("query"))
        .anyMatch(parameter -> parameter.path("name").asString().equals(name));
  }

  boolean takesHeader(String name) {
    return parameters().stream()
        .anyMatch(parameter -> parameter.path("name").asString().equals(name));
  }

  boolean requiresHeader(String name) {
    return parameters().stream()
        .filter(parameter -> parameter.path("name").asString().equals(name))
        .anyMatch(parameter -> parameter.path("required").asBoolean());
  }

  /** The upstream that tests have it call. */
  String upstream() {
    return path.startsWith("/api/v1/apps/") ? "conductorone" : "keycard";
  }

  /** The sandbox's name of the call that creates a credential. */
  String mint() {
    return path.startsWith("/api/v1/apps/") ? "rotate" : "create";
  }

  /** The sandbox's name of the call that the upstream can refuse. */
  String upstreamCall() {
    return switch (id()) {
      case "rotateConnectorCredential", "rotateConnectorCredentialLegacy" -> "rotate";
      case "revokeConnectorCredential" -> "revoke";
      case "listServiceAccountCredentials" -> "list";
      case "createServiceAccountCredential" -> "create";
      case "updateServiceAccountCredential" -> "update";
      case "deleteServiceAccountCredential" -> "delete";
      default -> "get";
    };
  }

  /** Not the whole document. */
  @Override
  public String toString() {
    return route();
  }

  Stream<Entry<String, JsonNode>> errors() {
    return responses().entrySet().stream().filter(entry -> entry.getKey().compareTo("400") >= 0);
  }
}
