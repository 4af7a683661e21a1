package dev.rekey.contract;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.rekey.platform.query.Item;
import dev.rekey.upstream.Secret;
import dev.rekey.upstream.UpstreamName;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.json.JsonMapper;

/** The members of a record, as Jackson writes and reads it, by their paths. */
final class JavaFields {

  private static final JsonMapper JSON = JsonMapper.shared();

  private static final Map<Class<?>, String> SCALARS =
      Map.ofEntries(
          Map.entry(String.class, "string"),
          Map.entry(Secret.class, "string"),
          Map.entry(UpstreamName.class, "string"),
          Map.entry(UUID.class, "string uuid"),
          Map.entry(Instant.class, "string date-time"),
          Map.entry(int.class, "integer"),
          Map.entry(Integer.class, "integer"),
          Map.entry(long.class, "integer"),
          Map.entry(Long.class, "integer"),
          Map.entry(BigDecimal.class, "number"),
          Map.entry(boolean.class, "boolean"),
          Map.entry(Boolean.class, "boolean"));

  private final Map<String, Field> fields = new TreeMap<>();

  private final Map<Class<?>, Class<?>> written;

  private JavaFields(Map<Class<?>, Class<?>> written) {
    this.written = written;
  }

  static Map<String, Field> of(ResolvableType type) {
    return of(type, Map.of());
  }

  /** With the types as which values of other types are written. */
  static Map<String, Field> of(ResolvableType type, Map<Class<?>, Class<?>> written) {
    var fields = new JavaFields(written);
    fields.add("$", type, null, false, true);
    return fields.fields;
  }

  private void add(
      String path,
      ResolvableType type,
      @Nullable AnnotatedType annotated,
      boolean isNullable,
      boolean isRequired) {
    Class<?> declared = Objects.requireNonNull(type.resolve(), path);
    if (declared == Item.class) {
      add(path, type.getGeneric(0), argument(annotated, 0), isNullable, isRequired);
      return;
    }
    Class<?> raw = written.getOrDefault(declared, declared);
    RecordComponent only = value(raw);
    if (only != null) {
      AnnotatedType as = only.getAnnotatedType();
      ResolvableType inner = ResolvableType.forType(only.getGenericType(), type);
      add(path, inner, as, isNullable || isNullable(as), isRequired);
      return;
    }
    fields.put(path, new Field(name(raw), isNullable, isRequired, values(raw)));
    if (List.class.isAssignableFrom(raw)) {
      AnnotatedType item = argument(annotated, 0);
      add(path + "[]", type.getGeneric(0), item, isNullable(item), true);
    } else if (Map.class.isAssignableFrom(raw) && type.getGeneric(1).resolve() != Object.class) {
      AnnotatedType value = argument(annotated, 1);
      add(path + ".*", type.getGeneric(1), value, isNullable(value), true);
    } else if (raw.isRecord() && !SCALARS.containsKey(raw)) {
      for (RecordComponent component : raw.getRecordComponents()) {
        if (!component.getAccessor().isAnnotationPresent(JsonIgnore.class)) {
          addMember(path, type, raw, component);
        }
      }
    }
  }

  /** The component that a record is written as; null if it is written as an object. */
  private static @Nullable RecordComponent value(Class<?> raw) {
    return SCALARS.containsKey(raw) || !raw.isRecord()
        ? null
        : Arrays.stream(raw.getRecordComponents())
            .filter(component -> component.getAccessor().isAnnotationPresent(JsonValue.class))
            .findFirst()
            .orElse(null);
  }

  private void addMember(
      String path, ResolvableType owner, Class<?> raw, RecordComponent component) {
    var rename = component.getAccessor().getAnnotation(JsonProperty.class);
    boolean isLeftOut = isLeftOut(component.getAccessor()) || isLeftOut(raw);
    boolean isNullable = isNullable(component.getAnnotatedType());
    add(
        path + "." + (rename == null ? name(raw, component) : rename.value()),
        ResolvableType.forType(component.getGenericType(), owner),
        component.getAnnotatedType(),
        isNullable && !isLeftOut,
        !(isNullable && isLeftOut));
  }

  /** Whether it is annotated so that null is not written. */
  private static boolean isLeftOut(AnnotatedElement annotated) {
    var include = annotated.getAnnotation(JsonInclude.class);
    return include != null && include.value() == Include.NON_NULL;
  }

  private static String name(Class<?> owner, RecordComponent component) {
    var naming = owner.getAnnotation(JsonNaming.class);
    return naming == null
        ? component.getName()
        : naming.value() == SnakeCaseStrategy.class
            ? PropertyNamingStrategies.SNAKE_CASE.nameForField(null, null, component.getName())
            : "of another naming";
  }

  private static String name(Class<?> type) {
    if (SCALARS.containsKey(type)) {
      return SCALARS.get(type);
    }
    return type.isEnum() ? "string" : List.class.isAssignableFrom(type) ? "array" : "object";
  }

  private static Set<String> values(Class<?> type) {
    return type.isEnum()
        ? Arrays.stream(type.getEnumConstants())
            .map(constant -> JSON.valueToTree(constant).asString())
            .collect(Collectors.toCollection(TreeSet::new))
        : Set.of();
  }

  private static @Nullable AnnotatedType argument(@Nullable AnnotatedType type, int index) {
    return type instanceof AnnotatedParameterizedType parameterized
        ? parameterized.getAnnotatedActualTypeArguments()[index]
        : null;
  }

  private static boolean isNullable(@Nullable AnnotatedElement type) {
    return type != null && type.isAnnotationPresent(Nullable.class);
  }
}
