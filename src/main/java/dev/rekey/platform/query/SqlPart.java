package dev.rekey.platform.query;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A part of a statement, and the parameters that it names. */
public record SqlPart(String sql, Map<String, ? extends @Nullable Object> params) {}
