package dev.rekey.platform.query;

import dev.rekey.platform.Values;
import org.jspecify.annotations.Nullable;

/** The query parameter of a list whose items may be partial. */
public record FieldsQuery(@Nullable Values fields) {

  /** The members of the items; throws an {@code invalid-parameter} problem for unknown ones. */
  public <T extends Record> Fields<T> of(Class<T> type) {
    return Fields.of(type, fields);
  }
}
