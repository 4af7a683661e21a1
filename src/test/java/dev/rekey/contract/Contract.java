package dev.rekey.contract;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The published API, as {@code openapi.yaml} describes it. Immutable. */
public record Contract(JsonNode document, List<Operation> operations) {

  private static final Set<String> METHODS =
      Set.of("get", "head", "options", "post", "put", "patch", "delete");

  static final String PROBLEM = "application/problem+json";

  public static Contract read() {
    try (InputStream yaml =
        Objects.requireNonNull(Contract.class.getResourceAsStream("/openapi.yaml"))) {
      JsonNode document = new YAMLMapper().readTree(yaml);
      return new Contract(document, operations(document));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Operation> operations(JsonNode document) {
    return document.path("paths").properties().stream()
        .flatMap(
            path ->
                path.getValue().propertyNames().stream()
                    .filter(METHODS::contains)
                    .map(
                        method ->
                            new Operation(
                                document,
                                method.toUpperCase(Locale.ROOT),
                                path.getKey(),
                                path.getValue().path(method))))
        .toList();
  }

  Operation operation(String id) {
    return operations.stream().filter(each -> each.id().equals(id)).findFirst().orElseThrow();
  }

  /** The operation of a request, if the contract has it. */
  Optional<Operation> operation(String method, String path) {
    return operations.stream()
        .filter(each -> each.method().equals(method) && each.matches(path))
        .min(Operation.MOST_SPECIFIC_FIRST);
  }

  /** The object that a node is, or refers to. */
  static JsonNode resolve(JsonNode document, JsonNode node) {
    return node.has("$ref")
        ? resolve(document, document.at(node.path("$ref").asString().substring(1)))
        : node;
  }
}
