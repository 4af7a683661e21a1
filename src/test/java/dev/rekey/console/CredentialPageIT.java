package dev.rekey.console;

import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.run.Http.Answer;
import dev.rekey.run.KubernetesControl;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.htmlunit.html.HtmlPage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/** People look at a credential, and change it. */
class CredentialPageIT extends ConsoleIT {

  private static final String CREDENTIALS = "/console/credentials/";
  private static final String GITHUB = json("appId", "crm", "connectorId", "github");
  private static final String ROTATE_OKTA = "/console/apps/crm/connectors/okta/credentials";

  @Autowired private Clock clock;

  private final KubernetesControl cluster = new KubernetesControl(surroundings().sandbox());

  @BeforeEach
  void noEarlierDelivery() {
    forgetDeliveries();
  }

  @AfterEach
  void noDeliveryIsLeft() {
    forgetDeliveries();
  }

  private static void forgetDeliveries() {
    execute("delete from secret_delivery");
    execute("delete from automation_pause");
    execute("update credential set status = 'RETIRED' where status in ('ACTIVE', 'RETIRING')");
  }

  @Test
  void factsHaveASourceAndAnAge() {
    HtmlPage page = browser("payments").open(CREDENTIALS + rotatedOkta());

    assertThat(texts(page, "h1 .state")).containsExactly("active");
    assertThat(texts(page, ".facts .source")).hasSizeGreaterThanOrEqualTo(2);
    assertThat(texts(page, ".facts .source").getFirst()).matches("from the upstream, (now|.* ago)");
    assertThat(texts(page, ".facts dd"))
        .contains("payments", "connectors", "kubernetes/identity/okta-connector")
        .anyMatch(fact -> fact.endsWith("It is not due yet."));
    assertThat(texts(page, ".back a")).containsExactly("All credentials of " + OKTA_SUBJECT);
    assertThat(page.querySelector(".curl code").getTextContent()).contains("/api/v1/credentials/");
  }

  @Test
  void timelineShowsThePlaceOfEachEventInTheChain() {
    String id = rotatedOkta();
    awaitAllSealed();

    HtmlPage page = browser("payments").open(CREDENTIALS + id);

    assertThat(texts(page, ".timeline .state"))
        .containsExactly("rotation.succeeded", "rotation.requested");
    assertThat(texts(page, ".timeline .place"))
        .allMatch(place -> place.matches("Number \\d+ of the chain, hash [0-9a-f]{12}"));
    String first =
        one(
            "select substr(encode(s.row_hash, 'hex'), 1, 12) from audit_seal s"
                + " join audit_event e on e.id = s.event_id"
                + " where e.request_id = ? and e.type = 'rotation.succeeded'",
            requestId);
    assertThat(texts(page, ".timeline .place").getFirst()).endsWith("hash " + first);
  }

  @Test
  void olderEventsHaveAPageOfTheirOwn() {
    String id = rotatedOkta();

    HtmlPage first = browser("payments").open(CREDENTIALS + id + "/timeline?limit=1");
    HtmlPage second = press(first, ".pages a");

    assertThat(texts(first, ".timeline .state")).containsExactly("rotation.succeeded");
    assertThat(texts(second, ".timeline .state")).containsExactly("rotation.requested");
  }

  @Test
  void credentialIsShownWithoutItsFindingsAndEventsIfThoseTakeTooLong() {
    String id = rotatedOkta();

    HtmlPage page =
        behindALock("finding, audit_event", "payments", browser -> browser.open(CREDENTIALS + id));

    assertThat(page.getWebResponse().getStatusCode()).isEqualTo(200);
    assertThat(texts(page, "h1 .state")).containsExactly("active");
    assertThat(texts(page, ".missing"))
        .hasSize(2)
        .allMatch(text -> text.startsWith("The query took longer than 5 s"));
  }

  @Test
  void eventsNeedTheScopeToReadThem() {
    String id = rotatedOkta();

    assertThat(browser("viewer").open(CREDENTIALS + id).querySelectorAll(".timeline")).isEmpty();
    assertThat(
            browser("viewer").open(CREDENTIALS + id + "/timeline").getWebResponse().getStatusCode())
        .isEqualTo(403);
  }

  @Test
  void whoMayChangeNothingIsOfferedNoAction() {
    String id = rotatedOkta();

    assertThat(browser("viewer").open(CREDENTIALS + id).querySelectorAll(".action")).isEmpty();
    assertThat(browser("auditor").open(CREDENTIALS + id).querySelectorAll(".action")).isEmpty();
    assertThat(texts(browser("payments").open(CREDENTIALS + id), ".action summary"))
        .containsExactly("Rotate and deliver", "Revoke");
    assertThat(texts(browser("admin").open(CREDENTIALS + id), ".action summary"))
        .containsExactly("Rotate and deliver", "Pause the policy", "Revoke");
  }

  @Test
  void credentialOfAnotherTeamIsNotFound() {
    String id = rotatedOkta();

    HtmlPage page = browser("search").open(CREDENTIALS + id);

    assertThat(page.getWebResponse().getStatusCode()).isEqualTo(404);
    assertThat(texts(page, "h1")).containsExactly("Not found");
    assertThat(browser("payments").open(CREDENTIALS + "x").getWebResponse().getStatusCode())
        .isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"payments", "admin"})
  void rotatedSecretIsDeliveredAndNotShown(String person) {
    HtmlPage page = browser(person).open(CREDENTIALS + rotatedOkta());

    HtmlPage done = press(page, "form[data-once] button");

    assertThat(texts(done, ".note.good"))
        .contains(
            "There is a new credential, and its secret is delivered.",
            "The new credential The rotation");
    String secret =
        cluster
            .secret("identity", "okta-connector")
            .orElseThrow()
            .data()
            .get("BATON_CLIENT_SECRET");
    assertThat(secret).isNotEmpty();
    assertThat(done.getWebResponse().getContentAsString()).doesNotContain(secret);
    HtmlPage made = press(done, ".note.good a");
    assertThat(texts(made, "h1 .state")).containsExactly("active");
    assertThat(texts(made, ".facts dd"))
        .anyMatch(fact -> fact.startsWith("to kubernetes/identity/okta-connector"));
    assertThat(made.getWebResponse().getContentAsString()).doesNotContain(secret);
    assertThat(events()).contains("rotation.requested", "rotation.succeeded");
  }

  @Test
  void adminGetsSecretsOnlyEncryptedFromTheApi() {
    assertThat(as("admin").post(ROTATE, OKTA).text("/type"))
        .isEqualTo("/problems/encryption-required");
  }

  @Test
  void formThatIsSentTwiceRotatesOnce() {
    HtmlPage page = browser("payments").open(CREDENTIALS + rotatedOkta());
    long before = control().mints().size();

    press(page, "form[data-once] button");
    HtmlPage again = press(page, "form[data-once] button");

    assertThat(again.getWebResponse().getStatusCode()).isEqualTo(409);
    assertThat(href(again, ".back a")).isEqualTo(page.getUrl().getPath());
    assertThat(control().mints()).hasSize((int) before + 1);
  }

  @Test
  void rotatedAccountKeepsTheOldCredentialForTheGrace() {
    String id = createdAtKeycard("graceful");
    HtmlPage page = browser("payments").open(CREDENTIALS + id);
    fill(page, "input[name=graceHours]", "2");
    check(page, "input[name=confirmOnFirstUse]");

    HtmlPage done = press(page, "form[data-once] button");

    assertThat(texts(done, "h1 .state")).containsExactly("active");
    String rotation = href(done, ".note.good a:last-child").replace("/console", "/api/v1");
    Answer view = as("payments").get(rotation);
    assertThat(view.body().at("/graceSeconds").asInt()).isEqualTo(7_200);
    assertThat(view.body().at("/confirmOnFirstUse").asBoolean()).isTrue();
    assertThat(view.text("/replaces")).isEqualTo(id);
    assertThat(view.text("/delivery/target")).isEqualTo("checkout-secret");
  }

  @Test
  void rotatedAccountHasTheConfiguredGraceIfNoneIsTyped() {
    HtmlPage page = browser("payments").open(CREDENTIALS + createdAtKeycard("patient"));

    HtmlPage done = press(page, "form[data-once] button");

    String rotation = href(done, ".note.good a:last-child").replace("/console", "/api/v1");
    assertThat(as("payments").get(rotation).body().at("/graceSeconds").isNull()).isTrue();
  }

  @Test
  void onlyTheCredentialThatTheTargetHasIsRotated() {
    String other = createdAtKeycard("other");
    HtmlPage rotated =
        press(browser("payments").open(CREDENTIALS + other), "form[data-once] button");
    String delivered = href(rotated, "p.note.good a");

    HtmlPage old = browser("payments").open(CREDENTIALS + other);
    HtmlPage held = press(old, ".facts .under a[href*='/console/credentials/']");

    assertThat(texts(old, ".action summary")).doesNotContain("Rotate and deliver");
    assertThat(held.getUrl().getPath()).isEqualTo(delivered);
    assertThat(texts(held, ".action summary")).contains("Rotate and deliver");
  }

  @Test
  void subjectWithoutATargetIsNotRotated() {
    Answer made = keyed("search").post(ROTATE, GITHUB);
    String id = Objects.requireNonNull(made.header("Rekey-Credential-Id"));

    HtmlPage page = browser("search").open(CREDENTIALS + id);
    HtmlPage refused =
        browser("search")
            .post(
                "/console/apps/crm/connectors/github/credentials",
                Map.of("key", UUID.randomUUID().toString(), "credentialId", id));

    assertThat(texts(page, ".action summary")).containsExactly("Revoke");
    assertThat(refused.getWebResponse().getStatusCode()).isEqualTo(422);
    assertThat(texts(refused, "h1")).containsExactly("The subject has no delivery target");
  }

  @Test
  void anotherTeamChangesNothing() {
    String id = rotatedOkta();
    Answer known = as("payments").get("/api/v1/credentials/" + id);
    long before = control().mints().size();

    HtmlPage rotated =
        browser("search").post(ROTATE_OKTA, Map.of("key", "another", "credentialId", id));
    HtmlPage revoked =
        browser("search")
            .post(
                ROTATE_OKTA + "/" + known.text("/upstreamId"),
                Map.of("sure", "true", "credentialId", id));
    HtmlPage ofViewer =
        browser("viewer").post(ROTATE_OKTA, Map.of("key", "another", "credentialId", id));

    assertThat(texts(rotated, "h1")).containsExactly("No grant covers this subject");
    assertThat(texts(revoked, "h1")).containsExactly("No grant covers this subject");
    assertThat(texts(ofViewer, "h1")).containsExactly("The access token lacks a scope");
    assertThat(control().mints()).hasSize((int) before);
    assertThat(status(id)).isEqualTo("ACTIVE");
  }

  @Test
  void revokingNeedsAConfirmation() {
    String id = rotatedOkta();
    String path =
        ROTATE_OKTA + "/" + as("payments").get("/api/v1/credentials/" + id).text("/upstreamId");

    HtmlPage unsure = browser("payments").post(path, Map.of("credentialId", id));
    assertThat(unsure.getWebResponse().getStatusCode()).isEqualTo(400);
    assertThat(status(id)).isEqualTo("ACTIVE");

    HtmlPage page = browser("payments").open(CREDENTIALS + id);
    check(page, "input[name=sure]");
    HtmlPage done = press(page, "button.danger");

    assertThat(texts(done, ".note.good")).contains("The credential is revoked.");
    assertThat(texts(done, "h1 .state")).containsExactly("retired");
    assertThat(status(id)).isEqualTo("RETIRED");
    assertThat(events()).contains("credential.revoke.requested", "credential.revoke.succeeded");
  }

  @Test
  void accountsCredentialIsDeleted() {
    String id = createdAtKeycard("to-delete");
    HtmlPage page = browser("payments").open(CREDENTIALS + id);
    check(page, "input[name=sure]");

    HtmlPage done = press(page, "button.danger");

    assertThat(texts(done, ".note.good")).contains("The credential is deleted.");
    assertThat(status(id)).isEqualTo("RETIRED");
    assertThat(events()).contains("credential.delete.requested", "credential.delete.succeeded");
  }

  @Test
  void credentialThatRekeyFoundIsAdopted() {
    String upstreamId = keycardDirectly().post(CHECKOUT, json("name", "found")).text("/id");
    as("payments").get(CHECKOUT);
    String id = one("select id from credential where upstream_id = ?", upstreamId);

    HtmlPage done =
        press(
            browser("payments").open(CREDENTIALS + id),
            "form[action='/console/credentials'] button");

    assertThat(texts(done, ".note.good")).contains("The credential is adopted.");
    assertThat(as("payments").get("/api/v1/credentials/" + id).text("/origin"))
        .isEqualTo("ADOPTED");
    assertThat(events()).contains("credential.adopted");
  }

  @Test
  void adminPausesAndResumesThePolicy() {
    String id = rotatedOkta();
    String until = inDays(300);
    HtmlPage page = browser("admin").open(CREDENTIALS + id);
    fill(page, "form[action$=pause] input[name=reason]", "audit <b>week</b>");
    fill(page, "form[action$=pause] input[name=until]", until);

    HtmlPage paused = press(page, "form[action$=pause] button");

    assertThat(texts(paused, ".note.good"))
        .contains("The rotations of the subject by policy are paused.");
    assertThat(texts(paused, ".facts dd"))
        .anyMatch(
            fact ->
                fact.startsWith("by admin until " + until.replace('T', ' '))
                    && fact.endsWith(": audit <b>week</b>"));
    assertThat(pauses()).isEqualTo(1);

    fill(paused, "form[action$=resume] input[name=reason]", "audit is over");
    HtmlPage resumed = press(paused, "form[action$=resume] button");

    assertThat(texts(resumed, ".note.good"))
        .contains("The rotations of the subject by policy go on.");
    assertThat(pauses()).isZero();
    assertThat(texts(resumed, ".action summary")).doesNotContain("Resume the policy");
    assertThat(events()).contains("automation.paused", "automation.resumed");
  }

  @Test
  void onlyAdminsPause() {
    String id = rotatedOkta();

    HtmlPage page =
        browser("payments")
            .post(CREDENTIALS + id + "/pause", Map.of("reason", "because", "until", inDays(1)));
    HtmlPage withoutATime =
        browser("admin")
            .post(CREDENTIALS + id + "/pause", Map.of("reason", "because", "until", "tomorrow"));

    assertThat(page.getWebResponse().getStatusCode()).isEqualTo(403);
    assertThat(withoutATime.getWebResponse().getStatusCode()).isEqualTo(400);
    assertThat(pauses()).isZero();
  }

  @Test
  void findingsOfTheCredentialAndItsSubjectAreShown() {
    String id = rotatedOkta();
    execute(
        "insert into finding (id, kind, identity, upstream, subject, credential_id, state, since,"
            + " evidence, opened_at) values"
            + " (gen_random_uuid(), 'unused', ?, 'conductorone', ?, ?::uuid, 'open', now(), '{}',"
            + " now()),"
            + " (gen_random_uuid(), 'no-owner', ?, 'conductorone', ?, null, 'open', now(), '{}',"
            + " now())",
        id,
        OKTA_SUBJECT,
        id,
        "conductorone " + OKTA_SUBJECT,
        OKTA_SUBJECT);

    HtmlPage page = browser("payments").open(CREDENTIALS + id);
    HtmlPage other = browser("payments").open(CREDENTIALS + rotatedOkta());

    assertThat(texts(page, ".panel .list a"))
        .containsExactlyInAnyOrder(
            "The credential has not been used for a long time.", "The subject has no owner.");
    assertThat(texts(other, ".panel .list a")).containsExactly("The subject has no owner.");
    execute("delete from finding");
  }

  @Test
  void textOfAnUpstreamIsOnlyText() {
    String name = "<img src=x onerror=alert(1)>";
    keyed("payments").post(CHECKOUT, json("name", name, "description", "\u202E<script>x</script>"));
    String id = one("select id from credential where display_name = ? and status = 'ACTIVE'", name);

    HtmlPage page = browser("payments").open(CREDENTIALS + id);

    assertThat(page.querySelectorAll("main img, main script")).isEmpty();
    assertThat(texts(page, "h1 bdi")).containsExactly(name);
    assertThat(texts(page, "dd bdi")).contains("\u202E<script>x</script>");
  }

  private String rotatedOkta() {
    Answer made = keyed("payments").post(ROTATE, OKTA);
    assertThat(made.status()).isEqualTo(200);
    return Objects.requireNonNull(made.header("Rekey-Credential-Id"));
  }

  private String createdAtKeycard(String name) {
    Answer made = keyed("payments").post(CHECKOUT, json("name", name));
    assertThat(made.status()).isEqualTo(201);
    return Objects.requireNonNull(made.header("Rekey-Credential-Id"));
  }

  private static String one(String sql, String parameter) {
    return String.valueOf(query(sql, parameter).getFirst().values().iterator().next());
  }

  /** As a browser sends it. */
  private String inDays(int days) {
    return LocalDateTime.ofInstant(clock.instant(), ZoneOffset.UTC)
        .plusDays(days)
        .withHour(12)
        .truncatedTo(ChronoUnit.HOURS)
        .plusMinutes(30)
        .toString();
  }

  private String status(String id) {
    return as("payments").get("/api/v1/credentials/" + id).text("/status");
  }

  private int pauses() {
    return as("admin").get("/api/v1/policies").body().at("/pauses").size();
  }

  private static String href(HtmlPage page, String selector) {
    return page.querySelector(selector).getAttributes().getNamedItem("href").getNodeValue();
  }
}
