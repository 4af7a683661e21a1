package dev.rekey.platform.query;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One page of a search. The total is null and left out unless the request asks for it. */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record SearchPage<T>(
    List<Item<T>> items,
    @Nullable String nextCursor,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Total total) {}
