package dev.rekey.audit;

import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyIT;
import dev.rekey.run.Http.Answer;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A poll of unchanged events reads no event. */
class PollIT extends RekeyIT {

  private static final String SEARCH = "/api/v1/audit-events?limit=20";

  @BeforeEach
  void makeEvents() {
    as("payments").post(CHECKOUT, json("name", "polled"));
    awaitFollowUps();
    awaitAllSealed();
    // A first response may have a tag with the last version that the replica has read. A poll reads
    // the current one.
    as("payments").with("If-None-Match", "\"none.none\"").get(SEARCH);
  }

  @AfterEach
  void allowReading() {
    execute("grant select on audit_event to rekey_service");
  }

  /** After this only what identifies the state can be read. */
  private static void forbidReading() {
    execute("revoke select on audit_event from rekey_service");
    execute("grant select (id, recorded_in) on audit_event to rekey_service");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        SEARCH,
        SEARCH + "&subject=apps/crm/connectors/okta",
        "/api/v1/audit-events/aggregate?bucket=5m&groupBy=outcome"
      })
  void unchangedResponseIsNotReadAgain(String path) {
    String tag = tag(as("payments").get(path));
    awaitCheckpoint();

    forbidReading();

    assertThat(as("payments").get(path).status()).isNotEqualTo(200);
    assertThat(as("payments").with("If-None-Match", tag).get(path).status()).isEqualTo(304);
  }

  @Test
  void afterAnEventOfAnotherTeamOneReadIsEnough() {
    String tag = tag(as("payments").get(SEARCH));
    as("search")
        .post("/organizations/acme/service-accounts/indexer/credentials", json("name", "x"));
    awaitFollowUps();
    awaitAllSealed();
    assertThat(as("payments").with("If-None-Match", tag).get(SEARCH).status()).isEqualTo(304);
    awaitCheckpoint();

    forbidReading();

    assertThat(as("payments").with("If-None-Match", tag).get(SEARCH).status()).isEqualTo(304);
  }

  @Test
  void anEventOfTheTeamIsSeenAtOnce() {
    String tag = tag(as("payments").get(SEARCH));

    as("payments").post(CHECKOUT, json("name", "another"));

    assertThat(as("payments").with("If-None-Match", tag).get(SEARCH).status()).isEqualTo(200);
  }

  private static String tag(Answer answer) {
    assertThat(answer.status()).isEqualTo(200);
    return Objects.requireNonNull(answer.header("ETag"));
  }

  /** A checkpoint moves the sealer's position, without an event. */
  private static void awaitCheckpoint() {
    long before = numberOf("select count(*) from audit_checkpoint");
    await().until(() -> numberOf("select count(*) from audit_checkpoint") > before);
  }
}
