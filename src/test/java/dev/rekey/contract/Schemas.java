package dev.rekey.contract;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Validates values against the schemas of the contract (JSON Schema 2020-12). Stricter than the
 * contract in one point: an object must not have a member that its schema does not name.
 */
final class Schemas {

  private final SchemaRegistry registry =
      SchemaRegistry.withDefaultDialect(
          SpecificationVersion.DRAFT_2020_12,
          builder ->
              builder.schemaRegistryConfig(
                  SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));

  private final Map<JsonNode, Schema> compiled = new ConcurrentHashMap<>();
  private final JsonNode components;

  Schemas(Contract contract) {
    JsonNode strict = contract.document().path("components").deepCopy();
    close(strict.path("schemas"));
    // Only schemas are referred to by schemas.
    ((ObjectNode) strict).retain("schemas");
    this.components = strict;
  }

  /** What is wrong with the value; empty if nothing is. */
  List<String> violations(JsonNode schema, JsonNode value) {
    return compiled.computeIfAbsent(schema, this::compile).validate(value).stream()
        .map(Error::toString)
        .toList();
  }

  private Schema compile(JsonNode schema) {
    var whole = (ObjectNode) schema.deepCopy();
    whole.set("components", components);
    return registry.getSchema(whole);
  }

  private static void close(JsonNode node) {
    if (node instanceof ObjectNode schema
        && schema.path("properties").isObject()
        && !schema.has("additionalProperties")) {
      schema.put("additionalProperties", false);
    }
    node.valueStream().forEach(Schemas::close);
  }
}
