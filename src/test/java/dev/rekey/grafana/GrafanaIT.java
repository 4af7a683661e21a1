package dev.rekey.grafana;

import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.grafana.Replay.Reply;
import dev.rekey.run.Control;
import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Replays every query of every board against Rekey, with the login of the provisioned data source
 * and, for the other variant, with the token of a viewer.
 */
class GrafanaIT extends RekeyIT {

  private static final DataSource DATA_SOURCE = DataSource.composed();

  /** As the Infinity data source sends it for JSON. */
  private static final String ACCEPT = "application/json;q=0.9,text/plain";

  static List<Board> boards() {
    return Board.all();
  }

  @ParameterizedTest
  @MethodSource("boards")
  void everyQueryFindsRowsAndEveryColumnHasValuesOfItsType(Board board) {
    assertThat(replay(board, anonymous().bearer(token()), "Europe/Berlin").problems(true))
        .isEmpty();
  }

  @ParameterizedTest
  @MethodSource("boards")
  void aViewersOwnTokenIsEnough(Board board) {
    assertThat(replay(board, as("payments"), "utc").problems(true)).isEmpty();
    // A viewer of another team sees less, but nothing that is wrong.
    assertThat(replay(board, as("search"), "utc").problems(false)).isEmpty();
  }

  /** The time range of the board of the posture reaches into the future. */
  private static Replay replay(Board board, Http rekey, String timeZone) {
    Instant now = Instant.now();
    return new Replay(
        board,
        path -> {
          Answer answer = rekey.with("Accept", ACCEPT).get(path);
          return new Reply(answer.status(), answer.body());
        },
        now.minus(Duration.ofDays(90)),
        now.plus(board.uid().equals("rekey-posture") ? Duration.ofDays(30) : Duration.ZERO),
        timeZone);
  }

  /** A token as the data source gets it, from the sandbox in this test's place. */
  private static String token() {
    String login = DATA_SOURCE.clientId() + ":" + DATA_SOURCE.clientSecret();
    URI url = URI.create(DATA_SOURCE.json().at("/jsonData/oauth2/token_url").asString());
    Answer answer =
        Http.at(surroundings().sandbox().url())
            .with("Content-Type", "application/x-www-form-urlencoded")
            .with(
                "Authorization",
                "Basic "
                    + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)))
            .post(
                url.getPath(),
                "grant_type=client_credentials&scope=" + String.join("+", DATA_SOURCE.scopes()));
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
    return answer.text("/access_token");
  }

  @BeforeEach
  void makeHistoryAndInventory() {
    makeChanges();
    replace();
    keyed("search")
        .post("/organizations/acme/service-accounts/indexer/credentials", json("name", "a"));
    age("overdue", "policy_expires_at = now() - interval '3 days'");
    age("stopped", "expires_at = now() - interval '3 hours'");
    age("due", "expires_at = now() + interval '5 days'");
    age("due by policy", "policy_expires_at = now() + interval '20 days'");
    age("unused", "created_at = now() - interval '200 days'");
    List.of("overdue", "stopped", "due", "due by policy", "unused")
        .forEach(name -> age(name, "last_used_at = now() - interval '120 days'"));
  }

  /** A change of each outcome, denials, and a change outside Rekey. */
  private void makeChanges() {
    keyed("payments").post(ROTATE, OKTA);
    control().fault("conductorone", "rotate", "status", Control.status(409));
    keyed("payments").post(ROTATE, OKTA);
    control().fault("conductorone", "rotate", "reset-after");
    keyed("payments").post(ROTATE, OKTA);
    control().clearFaults();
    as("search").post(ROTATE, OKTA);
    as("search")
        .post("/api/v1/apps/connectors/credentials", json("appId", "crm", "connectorId", "jira"));
    as("viewer").post(ROTATE, OKTA);
    String renamed = keyed("payments").post(CHECKOUT, json("name", "before")).text("/id");
    keycardDirectly().send("PATCH", CHECKOUT + "/" + renamed, json("name", "after"));
    as("payments").get(CHECKOUT + "/" + renamed);
  }

  /** A rotation that is rejected, and one that is confirmed. */
  private void replace() {
    String rotate =
        CHECKOUT
            + "/"
            + keyed("payments").post(CHECKOUT, json("name", "nightly")).text("/id")
            + "/rotate";
    control().fault("keycard", "create", "status", Control.status(409));
    keyed("payments").post(rotate, "{}");
    control().clearFaults();
    String rotation = keyed("payments").post(rotate, "{}").header("Rekey-Rotation-Id");
    Answer confirmed =
        as("payments")
            .post("/api/v1/rotations/" + rotation + "/confirm", json("graceSeconds", 3600));
    assertThat(confirmed.status()).as(confirmed.raw().body()).isEqualTo(200);
  }

  /** Makes a credential through Rekey, if there is none of this name, and shifts its times. */
  private void age(String name, String change) {
    if (numberOf("select count(*) from credential where display_name = ?", name) == 0) {
      keyed("payments").post(CHECKOUT, json("name", name));
    }
    execute("update credential set " + change + " where display_name = ?", name);
  }
}
