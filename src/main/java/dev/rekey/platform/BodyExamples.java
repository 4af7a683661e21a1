package dev.rekey.platform;

import io.swagger.v3.oas.models.media.Schema;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts whole bodies together from the examples of their fields, so that they have exactly the
 * fields that the schema has. A nullable field without an example is null.
 */
final class BodyExamples {

  private static final String REF = "#/components/schemas/";

  private final Map<String, Schema<?>> schemas;
  private final boolean showsSecrets;

  /** Makes examples from named schemas; a secret is the empty string unless it is shown. */
  BodyExamples(Map<String, Schema<?>> schemas, boolean showsSecrets) {
    this.schemas = schemas;
    this.showsSecrets = showsSecrets;
  }

  @Nullable Object of(Schema<?> schema) {
    if (schema.getExample() != null) {
      return isSecret(schema) && !showsSecrets ? "" : schema.getExample();
    }
    if (schema.get$ref() != null) {
      return of(named(schema.get$ref()));
    }
    if (schema.getAnyOf() != null) {
      return of(schema.getAnyOf().getFirst());
    }
    if (schema.getEnum() != null) {
      return schema.getEnum().getFirst();
    }
    Set<String> types = schema.getTypes() == null ? Set.of() : schema.getTypes();
    if (types.contains("null")) {
      return null;
    }
    if (types.contains("array")) {
      Object item = of(schema.getItems());
      return item == null ? List.of() : List.of(item);
    }
    return types.contains("object") ? object(schema) : null;
  }

  /** What the schema is said to be, to say it of an answer that is one. */
  String description(Schema<?> schema) {
    return (schema.get$ref() == null ? schema : named(schema.get$ref())).getDescription();
  }

  private Map<String, @Nullable Object> object(Schema<?> schema) {
    var members = new LinkedHashMap<String, @Nullable Object>();
    for (var property : properties(schema).entrySet()) {
      Object member = of(property.getValue());
      boolean required =
          schema.getRequired() != null && schema.getRequired().contains(property.getKey());
      if (member != null || required) {
        members.put(property.getKey(), member);
      }
    }
    return members;
  }

  private static Map<String, Schema<?>> properties(Schema<?> schema) {
    var properties = new LinkedHashMap<String, Schema<?>>();
    if (schema.getProperties() != null) {
      schema.getProperties().forEach((name, property) -> properties.put(name, property));
    }
    return properties;
  }

  private Schema<?> named(String ref) {
    return Objects.requireNonNull(schemas.get(ref.substring(REF.length())));
  }

  private static boolean isSecret(Schema<?> schema) {
    return "password".equals(schema.getFormat());
  }
}
