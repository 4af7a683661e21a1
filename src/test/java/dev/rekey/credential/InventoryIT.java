package dev.rekey.credential;

import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.run.Http.Answer;
import java.util.ArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Pages of the inventory, and what reads through Rekey record in it. */
class InventoryIT extends RekeyIT {

  @Test
  void allPagesTogetherHaveEveryCredentialOnce() {
    IntStream.range(0, 7).forEach(i -> as("payments").post(CHECKOUT, json("name", "c" + i)));
    var seen = new ArrayList<String>();
    String path = "/api/v1/credentials?limit=3";
    do {
      Answer page = as("payments").get(path);
      page.body().at("/items").forEach(row -> seen.add(row.at("/id").asString()));
      String link = page.header("Link");
      path = link == null ? "" : link.substring(1, link.indexOf('>'));
    } while (!path.isEmpty());

    assertThat(seen)
        .doesNotHaveDuplicates()
        .containsExactlyElementsOf(
            query(
                    "select id::text from credential where subject like '%/checkout'"
                        + " or subject like '%/okta' order by recorded_at desc, credential.id desc")
                .stream()
                .map(row -> (String) row.get("id"))
                .toList());
  }

  @Test
  void readWithoutDifferencesWritesNothing() {
    String id = as("payments").post(CHECKOUT, json("name", "quiet")).text("/id");
    as("payments").get(CHECKOUT + "/" + id);
    var before = query("select version, xmin::text from credential where upstream_id = ?", id);

    as("payments").get(CHECKOUT + "/" + id);
    as("payments").get(CHECKOUT);

    assertThat(query("select version, xmin::text from credential where upstream_id = ?", id))
        .isEqualTo(before);
  }

  @Test
  void readKeepsTheOriginOfAMintedCredential() {
    Answer minted = as("payments").post(CHECKOUT, json("name", "ours"));
    control().touch(minted.text("/id"));

    as("payments").get(CHECKOUT);

    var row = as("payments").get("/api/v1/credentials/" + minted.header("Rekey-Credential-Id"));
    assertThat(row.text("/origin")).isEqualTo("MINTED");
    assertThat(row.text("/lastUsedAt")).isNotEmpty();
  }
}
