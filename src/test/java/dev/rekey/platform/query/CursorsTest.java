package dev.rekey.platform.query;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekey.platform.problem.ProblemException;
import dev.rekey.platform.query.Cursors.PageQuery;
import dev.rekey.platform.query.Cursors.PageRequest;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CursorsTest {

  private static final UUID ID = new UUID(-7, 8);
  private static final Instant TIME = Instant.parse("2026-01-31T12:00:00.123456Z");
  private static final List<String> LIST = List.of("list", "filter");

  private final Cursors cursors = withKey("a key");

  private static Cursors withKey(String key) {
    return new Cursors((_, _) -> new SecretKeySpec(key.getBytes(UTF_8), "HmacSHA256"));
  }

  static Stream<Cursor> positions() {
    return Stream.of(
        new Cursor(TIME, ID),
        new Cursor(TIME, ID, TIME.minusSeconds(3)),
        new Cursor(Instant.parse("0001-01-01T00:00:00Z"), ID),
        new Cursor(Instant.parse("9999-12-31T23:59:59.999999Z"), ID),
        new Cursor(new Cursor.Text(""), ID, null),
        new Cursor(new Cursor.Text("grün 🌱"), ID, null),
        new Cursor(new Cursor.Text("x".repeat(800)), ID, TIME),
        new Cursor(new Cursor.Nothing(), ID, null),
        new Cursor(new Cursor.Nothing(), ID, TIME));
  }

  @ParameterizedTest
  @MethodSource("positions")
  void cursorIsReadBackForTheSameList(Cursor position) {
    assertThat(cursors.decode(cursors.encode(position, LIST), LIST)).isEqualTo(position);
  }

  @Test
  void cursorIsTheSameOnEveryReplica() {
    String text = cursors.encode(new Cursor(TIME, ID), LIST);

    assertThat(withKey("a key").encode(new Cursor(TIME, ID), LIST)).isEqualTo(text);
    assertThat(text).matches("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]{43}");
  }

  @Test
  void cursorOfAnotherKeyIsRefused() {
    String text = withKey("another key").encode(new Cursor(TIME, ID), LIST);

    assertInvalid(text, LIST);
  }

  /** Lists that differ from the first in little more than where their parts end. */
  static Stream<List<?>> others() {
    return Stream.of(
        List.of("list"),
        List.of("list", "filter", ""),
        List.of("list, filter"),
        List.of("listf", "ilter"),
        List.of("list", List.of("filter")),
        List.of("list", Map.of("filter", "")),
        List.of(List.of("list", "filter")),
        Arrays.asList("list", null),
        List.of("list", "null"),
        Arrays.asList("list", "filter", null));
  }

  @ParameterizedTest
  @MethodSource("others")
  void cursorOfAnotherListIsRefused(List<? extends @Nullable Object> other) {
    assertInvalid(cursors.encode(new Cursor(TIME, ID), LIST), other);
  }

  @ParameterizedTest
  @MethodSource("positions")
  void everyChangedCharacterIsNoticed(Cursor position) {
    String text = cursors.encode(position, LIST);
    for (int i = 0; i < text.length(); i++) {
      char other = text.charAt(i) == 'A' ? 'B' : 'A';

      assertInvalid(text.substring(0, i) + other + text.substring(i + 1), LIST);
    }
  }

  @Test
  void changedTimeIsRefused() {
    String text = cursors.encode(new Cursor(TIME, ID), LIST);
    String[] parts = text.split("\\.", 2);
    String json = new String(Base64.getUrlDecoder().decode(parts[0]), UTF_8);
    assertThat(json).contains("2026-01-31");

    assertInvalid(base64(json.replace("2026-01", "2027-01")) + "." + parts[1], LIST);
  }

  @Test
  void forgedHashIsRefused() throws Exception {
    String text = cursors.encode(new Cursor(TIME, ID), LIST);
    String content = text.substring(0, text.indexOf('.'));
    var forgeries =
        Stream.of(content, content + LIST, "[\"" + content + "\",[\"list\",\"filter\"]]");

    for (String covered : forgeries.toList()) {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(covered.getBytes(UTF_8));
      assertInvalid(
          content + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(hash), LIST);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", ".", "x.", ".x", "====", "not base64!", "AAAA", "é.é", "a.b.c"})
  void otherTextIsRefused(String text) {
    assertInvalid(text, LIST);
  }

  @Test
  void cursorOfAnotherOrderHasNoTime() {
    var position = new Cursor(new Cursor.Text("2026-01-31T12:00:00Z"), ID, null);

    assertThatThrownBy(position::at).hasMessageStartingWith("invalid-cursor");
  }

  @Test
  void randomBytesAreRefused() {
    var random = new Random(42);
    for (int i = 0; i < 1_000; i++) {
      byte[] bytes = new byte[random.nextInt(64)];
      random.nextBytes(bytes);

      assertInvalid(Base64.getUrlEncoder().encodeToString(bytes), LIST);
    }
  }

  @Test
  void pageKnowsWhereTheNextOneStarts() {
    PageRequest first = cursors.page(new PageQuery(2, null), LIST);
    Slice<Integer> slice =
        first.slice(List.of(1, 2, 3), each -> new Cursor(TIME, new UUID(0, each)));
    PageRequest second = cursors.page(new PageQuery(2, slice.nextCursor()), LIST);

    assertThat(first.rows()).isEqualTo(3);
    assertThat(first.after()).isNull();
    assertThat(slice.items()).containsExactly(1, 2);
    assertThat(second.after()).isEqualTo(new Cursor(TIME, new UUID(0, 2)));
    assertThat(second.slice(List.of(3), _ -> new Cursor(TIME, ID)).nextCursor()).isNull();
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
  }

  private void assertInvalid(String text, List<? extends @Nullable Object> list) {
    assertThatThrownBy(() -> cursors.decode(text, list))
        .isInstanceOf(ProblemException.class)
        .hasMessageStartingWith("invalid-cursor");
  }
}
