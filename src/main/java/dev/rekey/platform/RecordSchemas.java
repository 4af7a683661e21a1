package dev.rekey.platform;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.models.media.JsonSchema;
import io.swagger.v3.oas.models.media.Schema;
import java.lang.reflect.RecordComponent;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;

/**
 * Says in the schemas of records what their Java says: a component that is not {@link Nullable} is
 * always there; one that is, may be left out of a request, and is null in an answer, or left out
 * where the record says so.
 */
final class RecordSchemas {

  /** What the name of a {@link Slice}'s schema ends in. */
  static final String PAGE = "Page";

  private final Map<String, Schema<?>> schemas;
  private final Set<String> done = new HashSet<>();

  RecordSchemas(Map<String, Schema<?>> schemas) {
    this.schemas = schemas;
  }

  /** Completes the schemas of all records in what a route reads. */
  void request(ResolvableType type) {
    complete(type, false);
  }

  /** Completes the schemas of all records in what a route answers. */
  void answer(ResolvableType type) {
    complete(type, true);
  }

  private void complete(ResolvableType type, boolean isAnswer) {
    for (ResolvableType generic : type.getGenerics()) {
      complete(generic, isAnswer);
    }
    Class<?> record = type.toClass();
    if (!record.isRecord() || !record.getName().startsWith("dev.rekey") || !done.add(name(type))) {
      return;
    }
    Schema<?> schema = schemas.get(name(type));
    if (schema != null) {
      complete(record, schema, isAnswer && !leavesNullsOut(record));
    }
    for (RecordComponent component : record.getRecordComponents()) {
      complete(ResolvableType.forType(component.getGenericType(), type), isAnswer);
    }
  }

  /** The name of the schema of a record, or of a page of them. */
  private static String name(ResolvableType type) {
    if (type.toClass() == Slice.class) {
      return name(type.getGeneric(0)) + PAGE;
    }
    var named = type.toClass().getAnnotation(io.swagger.v3.oas.annotations.media.Schema.class);
    return named == null || named.name().isEmpty() ? type.toClass().getSimpleName() : named.name();
  }

  private static boolean leavesNullsOut(Class<?> record) {
    var include = record.getAnnotation(JsonInclude.class);
    return include != null && include.value() == JsonInclude.Include.NON_NULL;
  }

  private static void complete(Class<?> record, Schema<?> schema, boolean writesNulls) {
    schema.addType("object");
    var required = new LinkedHashSet<String>();
    for (RecordComponent component : record.getRecordComponents()) {
      String name = property(component);
      boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
      if (!nullable || writesNulls || isRequired(schema, name)) {
        required.add(name);
      }
      if (nullable && writesNulls) {
        schema.getProperties().computeIfPresent(name, (_, property) -> orNull(property));
      }
    }
    schema.setRequired(required.isEmpty() ? null : List.copyOf(required));
  }

  private static String property(RecordComponent component) {
    var renamed = component.getAccessor().getAnnotation(JsonProperty.class);
    return renamed == null ? component.getName() : renamed.value();
  }

  private static boolean isRequired(Schema<?> schema, String property) {
    return schema.getRequired() != null && schema.getRequired().contains(property);
  }

  private static Schema<?> orNull(Schema<?> property) {
    if (property.get$ref() == null) {
      property.addType("null");
      return property;
    }
    var either = new JsonSchema();
    either.setDescription(property.getDescription());
    either.setAnyOf(
        List.of(new JsonSchema().$ref(property.get$ref()), new JsonSchema().typesItem("null")));
    return either;
  }
}
