package dev.rekey.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.run.Http;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A cursor that a client has made, changed or taken from another list passes no bound. */
class ForgedCursorIT extends ContractIT {

  @Test
  void noListAcceptsAForgedCursor() {
    Http admin = as("admin");
    Map<String, String> cursors = cursors(admin);
    assertThat(cursors).hasSizeGreaterThan(5);
    cursors.forEach(
        (list, cursor) -> {
          String content = cursor.substring(0, cursor.indexOf('.'));
          String hmac = cursor.substring(content.length());
          String json = new String(Base64.getUrlDecoder().decode(content), UTF_8);
          assertThat(admin.get(list + "&cursor=" + cursor).status()).as(list).isEqualTo(200);
          assertRefused(admin, list, encoded(json.replaceAll("20\\d\\d-", "1999-")) + hmac);
          assertRefused(admin, list, encoded(withAnotherId(json)) + hmac);
          assertRefused(admin, list, content + "." + "A".repeat(43));
          assertRefused(admin, list, content);
          cursors.values().stream()
              .filter(other -> !other.equals(cursor))
              .forEach(other -> assertRefused(admin, list, other));
        });
  }

  /** A cursor of each list of the contract, by the path of the first page. */
  private Map<String, String> cursors(Http admin) {
    // Two of each, so that every list has a second page.
    for (int i = 0; i < 2; i++) {
      as("payments").post(CHECKOUT, named());
      // Their requests need a dead webhook and a finding, and make one.
      CONTRACT.operations().stream()
          .filter(operation -> Set.of("redeliverWebhook", "getFinding").contains(operation.id()))
          .forEach(this::request);
    }
    var cursors = new LinkedHashMap<String, String>();
    for (Operation operation : CONTRACT.operations()) {
      if (operation.parameters().stream()
          .anyMatch(parameter -> parameter.path("name").asString().equals("cursor"))) {
        String list = request(operation).path().replaceFirst("\\?.*", "") + "?limit=1";
        // A checkpoint is taken every two seconds.
        String cursor =
            await("second page of " + list)
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(500))
                .until(
                    () -> {
                      as("payments").post(CHECKOUT, named());
                      return admin.get(list).text("/nextCursor");
                    },
                    next -> !next.isEmpty());
        cursors.put(list, cursor);
      }
    }
    return cursors;
  }

  private static void assertRefused(Http caller, String list, String cursor) {
    assertThat(caller.get(list + "&cursor=" + cursor).text("/type"))
        .as("%s with %s", list, cursor)
        .isEqualTo("/problems/invalid-cursor");
  }

  private static String withAnotherId(String json) {
    String begin = "\"id\":\"";
    return json.replaceFirst(begin + ".", begin + (json.contains(begin + "f") ? "0" : "f"));
  }

  private static String encoded(String json) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(UTF_8));
  }
}
