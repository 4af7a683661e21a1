package dev.rekey.console;

import static dev.rekey.run.Control.delayMs;
import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.run.Http.Answer;
import dev.rekey.run.KubernetesControl;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.htmlunit.html.DomElement;
import org.htmlunit.html.HtmlPage;
import org.htmlunit.html.HtmlSelect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RotationPageIT extends ConsoleIT {

  private static final String ROTATIONS = "/console/rotations/";
  private static final String HOSTILE = "<img src=x onerror=alert(1)>\u202eabc";

  private final KubernetesControl cluster = new KubernetesControl(surroundings().sandbox());

  private Answer old;

  @BeforeEach
  void createOld() {
    execute("delete from secret_delivery");
    old = as("payments").post(CHECKOUT, json("name", "primary"));
    assertThat(old.status()).isEqualTo(201);
  }

  @AfterEach
  void noDeliveryIsLeft() {
    cluster.clearFaults();
    execute("delete from secret_delivery");
  }

  @Test
  void showsTheFactsAndLinksToWhatBelongsToIt() {
    Answer made = rotate();
    String id = id(made);

    HtmlPage page = browser("payments").open(ROTATIONS + id);

    assertThat(texts(page, "h1")).containsExactly("Rotation of primary succeeded");
    assertThat(texts(page, ".next-step span"))
        .containsExactly(
            "Both credentials are valid. Confirm if the new one works, so that Rekey removes the"
                + " old one. Revert if it does not.");
    assertThat(texts(page, ".facts dd")).contains("payments of payments", requestId, id);
    assertThat(texts(page, ".attempts .state")).containsExactly("succeeded");
    assertThat(links(page))
        .contains(
            "/console/credentials/" + made.header("Rekey-Credential-Id"),
            "/console/credentials/" + old.header("Rekey-Credential-Id"),
            "/console/history?rotationId=" + id);
    assertThat(page.querySelector(".curl code").getTextContent())
        .endsWith("/api/v1/rotations/" + id + "'");
  }

  @Test
  void timeLineAndTableHaveTheSameSteps() {
    HtmlPage page = browser("payments").open(ROTATIONS + id(rotate()));

    assertThat(texts(page, ".steps td:nth-child(1)"))
        .containsExactly("Requested", "Attempt 1", "Secret returned")
        .isEqualTo(
            page.querySelectorAll(".time-line text.name").stream()
                .map(text -> text.getTextContent().strip())
                .toList());
    assertThat(page.querySelectorAll(".time-line rect.closed")).hasSize(1);
    assertThat(page.querySelectorAll(".time-line .now")).isEmpty();
    assertThat(page.querySelector("#line-title").getTextContent()).startsWith("3 steps");
  }

  @Test
  void openAttemptIsABarUpToNow() {
    control().fault("keycard", "create", "delay", delayMs(5000));
    var rotation = CompletableFuture.supplyAsync(this::rotate);
    await().until(() -> !pending().isEmpty());

    HtmlPage page = browser("payments").open(ROTATIONS + pending().getFirst());
    control().clearFaults();
    rotation.join();

    assertThat(texts(page, "h1 .state")).containsExactly("pending");
    assertThat(texts(page, ".steps td:nth-child(3)")).containsExactly("–", "open");
    assertThat(page.querySelectorAll(".time-line rect.open")).hasSize(1);
    assertThat(page.querySelectorAll(".time-line line.now")).hasSize(1);
    assertThat(texts(page, ".next-step span").getFirst()).startsWith("Rekey is working on it.");
  }

  @Test
  void confirmationHasTheDefaultGracePeriodUnlessAnotherOneIsChosen() {
    String id = id(rotate());

    press(browser("payments").open(ROTATIONS + id), "form[action$=confirm] button");

    assertThat(api(id).text("/graceSeconds")).isEqualTo("86400");
    HtmlPage refused =
        browser("payments").post(ROTATIONS + id + "/confirm", Map.of("graceSeconds", "soon"));
    assertThat(refused.getWebResponse().getStatusCode()).isEqualTo(400);
  }

  @Test
  void confirmationRemovesTheOldCredentialAfterTheGracePeriod() {
    String id = id(rotate());
    HtmlPage page = browser("payments").open(ROTATIONS + id);
    ((HtmlSelect) page.querySelector("select[name=graceSeconds]"))
        .setSelectedAttribute("604800", true);
    check(page, "form[action$=confirm] input[name=force]");

    HtmlPage done = press(page, "form[action$=confirm] button");

    assertThat(texts(done, ".note.good"))
        .containsExactly("The rotation is confirmed. Rekey removes the old credential.");
    assertThat(texts(done, ".steps td:nth-child(1)"))
        .contains("Confirmed", "Old credential due to be removed");
    assertThat(done.querySelectorAll(".time-line circle.planned")).hasSize(1);
    assertThat(texts(done, ".action summary"))
        .containsExactly(
            "Revert: go back to the old credential", "Reissue: the new secret was lost");
    assertThat(api(id).text("/graceSeconds")).isEqualTo("604800");
    assertThat(events()).contains("rotation.confirmed");
  }

  @Test
  void revertRemovesTheNewCredential() {
    Answer made = rotate();

    HtmlPage done =
        press(browser("payments").open(ROTATIONS + id(made)), "form[action$=revert] button");

    assertThat(texts(done, ".note.good"))
        .containsExactly("The rotation is reverted. Rekey removes the new credential.");
    assertThat(texts(done, ".next-step span"))
        .containsExactly("It was reverted, so the old credential stays. Nothing is to be done.");
    await().until(() -> !control().live().contains(made.text("/id")));
    assertThat(control().live()).contains(old.text("/id"));
    assertThat(events()).contains("rotation.reverted");
  }

  @ParameterizedTest
  @ValueSource(strings = {"payments", "admin"})
  void reissuedSecretIsDeliveredAndNotShown(String person) {
    String id = id(rotate());

    HtmlPage done = press(browser(person).open(ROTATIONS + id), "form[data-once] button");

    assertThat(texts(done, ".note.good"))
        .containsExactly("The credential is reissued. This is the new rotation.");
    assertThat(links(done)).contains(ROTATIONS + id);
    assertThat(texts(done, ".facts .state")).containsExactly("delivered");
    assertThat(texts(done, ".steps td:nth-child(1)")).contains("Delivered");
    Map<String, String> delivered =
        cluster.secret("payments", "checkout-keycard").orElseThrow().data();
    assertThat(delivered).isNotEmpty();
    for (String value : delivered.values()) {
      assertThat(value.length() < 16 || !done.getWebResponse().getContentAsString().contains(value))
          .isTrue();
    }
    assertThat(links(browser("payments").open(ROTATIONS + id)))
        .contains(Objects.requireNonNull(done.getUrl().getPath()));
    assertThat(events()).contains("delivery.succeeded");
  }

  @Test
  void formThatIsSentTwiceReissuesOnce() {
    HtmlPage page = browser("payments").open(ROTATIONS + id(rotate()));
    int before = control().mints().size();

    press(page, "form[data-once] button");
    HtmlPage again = press(page, "form[data-once] button");

    assertThat(again.getWebResponse().getStatusCode()).isEqualTo(409);
    assertThat(control().mints()).hasSize(before + 1);
  }

  @Test
  void failedDeliverySaysWhatToDo() {
    Answer made = rotate();
    execute(
        """
        insert into secret_delivery (
          rotation_id, attempt_id, target, place, mode, state, last_failure, reserved_at)
        select rotation_id, id, 'checkout-secret', 'kubernetes/payments/checkout-keycard', 'ONLY',
          'PARKED', 'no access', now() from rotation_attempt where rotation_id = ?::uuid
        """,
        id(made));

    HtmlPage page = browser("payments").open(ROTATIONS + id(made));

    assertThat(texts(page, ".facts .state")).containsExactly("parked");
    assertThat(texts(page, ".facts dd")).contains("no access");
    assertThat(texts(page, ".next-step span").getFirst())
        .startsWith("The secret did not reach its target.");
  }

  @Test
  void adminResolvesAnUnknownOutcomeWithAReason() {
    control().fault("conductorone", "rotate", "reset-after");
    String id = as("payments").post(ROTATE, OKTA).text("/rotationId");
    control().clearFaults();
    assertThat(browser("payments").open(ROTATIONS + id).querySelectorAll(".action")).isEmpty();
    HtmlPage page = browser("admin").open(ROTATIONS + id);

    fill(page, "input[name=reason]", "checked the tenant");
    HtmlPage done = press(page, "form[action$=resolve] button");

    assertThat(texts(done, ".note.good")).containsExactly("The rotation is resolved.");
    assertThat(texts(done, "h1 .state")).containsExactly("resolved");
    assertThat(texts(done, ".facts dd")).contains("checked the tenant");
    assertThat(events()).contains("rotation.resolved");
  }

  @Test
  void whoMayChangeNothingIsOfferedNothing() {
    String id = id(rotate());

    assertThat(texts(browser("payments").open(ROTATIONS + id), ".action summary")).hasSize(3);
    assertThat(texts(browser("admin").open(ROTATIONS + id), ".action summary")).hasSize(3);
    assertThat(browser("viewer").open(ROTATIONS + id).querySelectorAll(".action")).isEmpty();
    assertThat(browser("auditor").open(ROTATIONS + id).querySelectorAll(".action")).isEmpty();
    assertThat(links(browser("viewer").open(ROTATIONS + id)))
        .noneMatch(link -> link.startsWith("/console/history"));
    for (String action : List.of("confirm", "revert", "reissue", "resolve")) {
      HtmlPage refused =
          browser("viewer")
              .post(ROTATIONS + id + "/" + action, Map.of("key", "a-key", "reason", "none"));
      assertThat(refused.getWebResponse().getStatusCode()).as(action).isEqualTo(403);
    }
    assertThat(api(id).text("/state")).isEqualTo("SUCCEEDED");
    assertThat(api(id).body().path("confirmedAt").isNull()).isTrue();
  }

  @Test
  void rotationOfAnotherTeamIsNotFound() {
    String id = id(rotate());

    assertThat(browser("search").open(ROTATIONS + id).getWebResponse().getStatusCode())
        .isEqualTo(404);
    for (String action : List.of("confirm", "revert", "reissue")) {
      HtmlPage refused =
          browser("search").post(ROTATIONS + id + "/" + action, Map.of("key", "a-key"));
      assertThat(refused.getWebResponse().getStatusCode()).as(action).isEqualTo(404);
    }
    assertThat(browser("payments").open(ROTATIONS + "x").getWebResponse().getStatusCode())
        .isEqualTo(400);
  }

  @Test
  void impossibleActionIsAProblem() {
    String id = id(rotate());
    HtmlPage page = browser("payments").open(ROTATIONS + id);
    press(page, "form[action$=revert] button");

    HtmlPage refused = press(page, "form[action$=confirm] button");

    assertThat(refused.getWebResponse().getStatusCode()).isEqualTo(409);
    assertThat(refused.getBody().asNormalizedText()).contains("The rotation was reverted.");
  }

  @Test
  void textsOfOthersAreShownAsTexts() {
    String id = id(rotate());
    execute(
        "update rotation set name = ?, reason = ?, actor_id = ?, actor_team = ?, request_id = ?,"
            + " trace_id = ? where id = ?::uuid",
        HOSTILE,
        HOSTILE,
        HOSTILE,
        HOSTILE,
        HOSTILE,
        HOSTILE,
        id);
    execute("update rotation_attempt set reason = ? where rotation_id = ?::uuid", HOSTILE, id);

    HtmlPage page = browser("payments").open(ROTATIONS + id);

    assertThat(page.querySelectorAll("img")).isEmpty();
    assertThat(texts(page, "bdi")).filteredOn(HOSTILE::equals).hasSize(8);
  }

  private Answer rotate() {
    Answer made = keyed("payments").post(CHECKOUT + "/" + old.text("/id") + "/rotate", "{}");
    assertThat(made.status()).isEqualTo(201);
    return made;
  }

  private static String id(Answer made) {
    return String.valueOf(made.header("Rekey-Rotation-Id"));
  }

  private static List<String> pending() {
    return query("select id from rotation where state = 'PENDING'").stream()
        .map(row -> String.valueOf(row.get("id")))
        .toList();
  }

  private Answer api(String id) {
    return as("payments").get("/api/v1/rotations/" + id);
  }

  private static List<String> links(HtmlPage page) {
    return page.querySelectorAll("main a").stream()
        .map(link -> ((DomElement) link).getAttribute("href"))
        .toList();
  }
}
