package dev.rekey.platform.query;

import org.jspecify.annotations.Nullable;

/** The query parameters of every list with pages. {@link Cursors#page} checks them. */
public record PageQuery(@Nullable Integer limit, @Nullable String cursor) {}
