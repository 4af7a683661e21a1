package dev.rekey.platform.query;

import dev.rekey.platform.Values;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;

/** The members that the items of a list have: all, or those that the request names. */
public final class Fields<T> {

  /** The content type of a list with partial items. Only then do items lack members. */
  private static final MediaType PARTIAL =
      new MediaType(MediaType.APPLICATION_JSON, Map.of("items", "partial"));

  private static final ClassValue<List<Member>> KNOWN =
      new ClassValue<>() {
        @Override
        protected List<Member> computeValue(Class<?> type) {
          return Member.of(type);
        }
      };

  /** Empty for all. */
  private final List<Member> members;

  private Fields(List<Member> members) {
    this.members = members;
  }

  /**
   * Reads the {@code fields} parameter for items of a type; null for all. Throws an {@code
   * invalid-parameter} problem that lists the known names.
   */
  static <R extends Record> Fields<R> of(Class<R> type, @Nullable Values fields) {
    if (fields == null) {
      return new Fields<>(List.of());
    }
    List<Member> known = KNOWN.get(type);
    String[] names = known.stream().flatMap(member -> member.names("")).toArray(String[]::new);
    Set<String> wanted = QueryText.eachOf("fields", fields, names);
    return new Fields<>(known.stream().flatMap(member -> member.only(wanted, "")).toList());
  }

  /** The item with these members only. */
  public Item<T> item(T item) {
    return new Item<>(item, this);
  }

  void write(T item, JsonGenerator json, SerializationContext context) {
    if (members.isEmpty()) {
      context.writeValue(json, item);
    } else {
      Member.write(members, item, json, context);
    }
  }

  public boolean areAll() {
    return members.isEmpty();
  }

  public MediaType contentType() {
    return members.isEmpty() ? MediaType.APPLICATION_JSON : PARTIAL;
  }

  /** The response to a search; {@code total} is null if it was not requested. */
  public ResponseEntity<SearchPage<T>> response(Slice<T> page, @Nullable Total total) {
    ResponseEntity<Slice<T>> whole = page.response();
    return ResponseEntity.status(whole.getStatusCode())
        .headers(whole.getHeaders())
        .contentType(contentType())
        .body(
            new SearchPage<>(
                page.items().stream().map(this::item).toList(), page.nextCursor(), total));
  }
}
