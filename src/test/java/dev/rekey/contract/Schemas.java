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
  private final JsonNode definitions;

  Schemas(Contract contract) {
    this.definitions = strict(contract.document().at("/components/schemas"));
  }

  /** What is wrong with the value; empty if nothing is. */
  List<String> violations(JsonNode schema, JsonNode value) {
    return compiled.computeIfAbsent(schema, this::compile).validate(value).stream()
        .map(Error::toString)
        .toList();
  }

  private Schema compile(JsonNode schema) {
    var whole = (ObjectNode) strict(schema);
    whole.set("$defs", definitions);
    return registry.getSchema(whole);
  }

  /** A copy that takes no other members, and refers to definitions beside it. */
  private static JsonNode strict(JsonNode node) {
    JsonNode copy = node.deepCopy();
    adapt(copy);
    return copy;
  }

  private static void adapt(JsonNode node) {
    if (node instanceof ObjectNode schema) {
      if (schema.path("properties").isObject() && !schema.has("additionalProperties")) {
        schema.put("additionalProperties", false);
      }
      if (schema.path("$ref").isString()) {
        schema.put("$ref", schema.path("$ref").asString().replace("/components/schemas", "/$defs"));
      }
    }
    node.valueStream().forEach(Schemas::adapt);
  }
}
