package dev.rekey.platform.query;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.rekey.platform.crypto.DerivedKeys;
import dev.rekey.platform.crypto.HmacSha256;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes cursors as text and reads them: JSON and an HMAC, both in base64url. The HMAC covers the
 * list's name, filter and order, so a cursor works for the list that made it and for no other.
 */
@Component
public class Cursors {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private final DerivedKeys keys;

  /** A cursor from an earlier key is an {@code invalid-cursor} problem. */
  Cursors(DerivedKeys keys) {
    this.keys = keys;
  }

  private SecretKey key() {
    return keys.get(HmacSha256.ALGORITHM, "rekey cursor");
  }

  /** The query parameters of every list with pages. {@link #page} checks them. */
  public record PageQuery(@Nullable Integer limit, @Nullable String cursor) {}

  /**
   * Checks a request for a page; throws an {@code invalid-cursor} or {@code invalid-parameter}
   * problem.
   *
   * @param list the list's name, and its filter and order as values that Jackson writes
   */
  public PageRequest page(PageQuery query, List<? extends @Nullable Object> list) {
    Cursor after = query.cursor() == null ? null : decode(query.cursor(), list);
    return new PageRequest(list, after, Slice.limit(query.limit()), false);
  }

  /** Same, for a search; the total may be requested on every page, or on some of them. */
  public PageRequest page(PageQuery query, ViewQuery view, List<? extends @Nullable Object> list) {
    PageRequest page = page(query, list);
    return new PageRequest(list, page.after, page.limit, view.isCounted());
  }

  /** Differs between keys, and so between cursors of the same position. */
  public String keyHash() {
    return BASE64.encodeToString(HmacSha256.of(key()));
  }

  /** A checked request for one page of a list. */
  public final class PageRequest {

    private final List<? extends @Nullable Object> list;
    private final @Nullable Cursor after;
    private final int limit;
    private final boolean isCounted;

    private PageRequest(
        List<? extends @Nullable Object> list,
        @Nullable Cursor after,
        int limit,
        boolean isCounted) {
      this.list = list;
      this.after = after;
      this.limit = limit;
      this.isCounted = isCounted;
    }

    /** The last row of the previous page; null for the first page. */
    public @Nullable Cursor after() {
      return after;
    }

    /** The number of rows to read: one more than the page has, to see whether there is more. */
    public int rows() {
      return limit + 1;
    }

    /** Whether the response has the total. */
    boolean isCounted() {
      return isCounted;
    }

    /** The total of a search that cannot find anything. */
    public <T> Counted<T> nothing() {
      return new Counted<>(List.of(), isCounted ? new Total(0, true) : null);
    }

    /** Cuts the page from up to {@link #rows} rows. */
    public <T> Slice<T> slice(List<T> rows, Function<T, Cursor> position) {
      if (rows.size() <= limit) {
        return new Slice<>(List.copyOf(rows), null);
      }
      List<T> items = List.copyOf(rows.subList(0, limit));
      return new Slice<>(items, encode(position.apply(items.getLast()), list));
    }
  }

  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record Content(
      @Nullable Instant time, @Nullable String text, UUID id, @Nullable Instant since) {

    static Content of(Cursor cursor) {
      return new Content(
          cursor.key() instanceof Cursor.Time(var at) ? at : null,
          cursor.key() instanceof Cursor.Text(var text) ? text : null,
          cursor.id(),
          cursor.since());
    }

    Cursor cursor() {
      Cursor.Key key =
          time != null
              ? new Cursor.Time(time)
              : text != null ? new Cursor.Text(text) : new Cursor.Nothing();
      return new Cursor(key, id, since);
    }
  }

  String encode(Cursor cursor, List<? extends @Nullable Object> list) {
    String content = BASE64.encodeToString(JSON.writeValueAsBytes(Content.of(cursor)));
    return content + "." + hmac(content, list);
  }

  Cursor decode(String text, List<? extends @Nullable Object> list) {
    int dot = text.indexOf('.');
    String content = text.substring(0, Math.max(dot, 0));
    byte[] hmac = text.substring(dot + 1).getBytes(US_ASCII);
    if (!MessageDigest.isEqual(hmac, hmac(content, list).getBytes(US_ASCII))) {
      throw Cursor.invalid();
    }
    return JSON.readValue(Base64.getUrlDecoder().decode(content), Content.class).cursor();
  }

  private String hmac(String content, List<? extends @Nullable Object> list) {
    byte[] bytes = JSON.writeValueAsBytes(List.of(content, list));
    return BASE64.encodeToString(HmacSha256.of(key(), bytes));
  }
}
