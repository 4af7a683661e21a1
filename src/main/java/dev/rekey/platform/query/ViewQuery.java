package dev.rekey.platform.query;

import dev.rekey.platform.Values;
import org.jspecify.annotations.Nullable;

/** The query parameters of every search that say what its pages show. */
public record ViewQuery(@Nullable Values fields, @Nullable String total) {

  private static final String ESTIMATE = "estimate";

  /** The members of the items; throws an {@code invalid-parameter} problem for unknown ones. */
  public <T extends Record> Fields<T> fieldsOf(Class<T> type) {
    return Fields.of(type, fields);
  }

  /** Whether matches are counted; throws an {@code invalid-parameter} problem for other values. */
  boolean isCounted() {
    return QueryText.oneOf("total", total, new String[] {ESTIMATE}) != null;
  }

  public boolean isEmpty() {
    return fields == null && total == null;
  }
}
