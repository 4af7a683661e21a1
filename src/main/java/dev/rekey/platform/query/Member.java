package dev.rekey.platform.query;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.core.ResolvableType;
import org.springframework.util.ReflectionUtils;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;

/**
 * A member of a record in JSON.
 *
 * @param below the members of its value, if that is a record or a list of records; empty for all
 */
record Member(String name, Method accessor, List<Member> below) {

  /** All members of a record. */
  static List<Member> of(Class<?> type) {
    return Arrays.stream(type.getRecordComponents())
        .filter(component -> !component.getAccessor().isAnnotationPresent(JsonIgnore.class))
        .map(Member::of)
        .toList();
  }

  private static Member of(RecordComponent component) {
    Method accessor = component.getAccessor();
    ReflectionUtils.makeAccessible(accessor);
    ResolvableType type = ResolvableType.forType(component.getGenericType());
    Class<?> value = (type.resolve() == List.class ? type.getGeneric(0) : type).toClass();
    return new Member(component.getName(), accessor, value.isRecord() ? of(value) : List.of());
  }

  /** The names of this member and of those below; these have a dot. */
  Stream<String> names(String prefix) {
    String path = prefix + name;
    return Stream.concat(
        Stream.of(path), below.stream().flatMap(member -> member.names(path + ".")));
  }

  /** This member, if its name or the name of one below is wanted. */
  Stream<Member> only(Set<String> wanted, String prefix) {
    String path = prefix + name;
    if (wanted.contains(path)) {
      return Stream.of(new Member(name, accessor, List.of()));
    }
    List<Member> some = below.stream().flatMap(member -> member.only(wanted, path + ".")).toList();
    return some.isEmpty() ? Stream.empty() : Stream.of(new Member(name, accessor, some));
  }

  static void write(
      List<Member> members, Object owner, JsonGenerator json, SerializationContext context) {
    json.writeStartObject();
    for (Member member : members) {
      json.writeName(member.name());
      member.writeValue(owner, json, context);
    }
    json.writeEndObject();
  }

  private void writeValue(Object owner, JsonGenerator json, SerializationContext context) {
    Object value = ReflectionUtils.invokeMethod(accessor, owner);
    if (value == null || below.isEmpty()) {
      context.writeValue(json, value);
    } else if (value instanceof List<?> list) {
      json.writeStartArray();
      list.forEach(each -> write(below, Objects.requireNonNull(each), json, context));
      json.writeEndArray();
    } else {
      write(below, value, json, context);
    }
  }
}
