package dev.rekey.platform.query;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JacksonSerializable;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.jsontype.TypeSerializer;

/** An item of a list, written with the members that the request names. */
public record Item<T>(T value, Fields<T> fields) implements JacksonSerializable {

  @Override
  public void serialize(JsonGenerator json, SerializationContext context) {
    fields.write(value, json, context);
  }

  @Override
  public void serializeWithType(
      JsonGenerator json, SerializationContext context, TypeSerializer type) {
    serialize(json, context);
  }
}
