package dev.rekey.platform.query;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows of a page, and the total of its search; null unless the request asks for it. */
public record Counted<T>(List<T> rows, @Nullable Total total) {}
