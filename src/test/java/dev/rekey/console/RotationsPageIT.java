package dev.rekey.console;

import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.run.Http.Answer;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.htmlunit.html.HtmlInput;
import org.htmlunit.html.HtmlPage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RotationsPageIT extends ConsoleIT {

  private static final String ROTATIONS = "/console/rotations";
  private static final String HOSTILE = "<img src=x onerror=alert(1)>\u202eabc";

  private Instant start;

  @BeforeEach
  void onlyRotationsOfThisTestWait() {
    execute(
        "update rotation set state = 'RESOLVED', reason = 'other test' where state = 'UNKNOWN'");
    execute("update rotation set reverted_at = now() where reverted_at is null");
    start = Instant.now();
  }

  @Test
  void rotationsThatWaitForAPersonAreOnTopWithTheirNextStep() {
    unconfirmed();
    unknown();

    HtmlPage page = browser("payments").open(ROTATIONS);

    assertThat(texts(page, "#to-do")).containsExactly("2 rotations wait for a person");
    assertThat(texts(page, ".to-do .state")).containsExactly("resolution", "confirmation");
    assertThat(texts(page, ".to-do p").getFirst())
        .startsWith("Find out at the upstream whether it made a credential.");
    assertThat(texts(page, ".to-do p").getLast()).startsWith("Both credentials are valid.");
    assertThat(texts(press(page, ".to-do a"), "h1"))
        .containsExactly("Rotation of apps/crm/connectors/okta unknown");
  }

  @Test
  void oneLinkShowsEachNeed() {
    unconfirmed();
    unknown();
    HtmlPage page = browser("payments").open(ROTATIONS);

    HtmlPage confirmation = press(page, ".chips a[href$='needs=confirmation']");

    assertThat(confirmation.querySelectorAll(".to-do")).isEmpty();
    assertThat(texts(confirmation, ".rotations td:nth-child(2)")).hasSize(1);
    assertThat(texts(confirmation, ".chips [aria-current]"))
        .containsExactly("Waits for confirmation");
  }

  @Test
  void listHasTheFiltersOfTheApi() {
    unconfirmed();
    unknown();
    String since = ROTATIONS + "?from=" + start;

    assertThat(states("payments", since)).containsExactly("unknown", "succeeded", "succeeded");
    assertThat(states("payments", since + "&state=unknown")).containsExactly("unknown");
    assertThat(states("payments", since + "&upstream=keycard"))
        .containsExactly("succeeded", "succeeded");
    assertThat(states("payments", since + "&subject=apps/*")).containsExactly("unknown");
    assertThat(states("admin", since + "&team=search")).isEmpty();
    assertThat(texts(browser("payments").open(since + "&state=unknown"), ".choice input[checked]"))
        .hasSize(1);
  }

  @Test
  void emptyFieldsOfTheFormAreNoFilters() {
    unknown();
    HtmlPage page = browser("payments").open(ROTATIONS + "?state=UNKNOWN&from=" + start);

    fill(page, "input[name=subject]", "apps/crm/*");
    HtmlPage found = press(page, ".search button");

    assertThat(Objects.requireNonNull(found.getUrl().getQuery()).split("&"))
        .anyMatch(parameter -> parameter.startsWith("from=20"))
        .contains("state=UNKNOWN")
        .hasSize(3);
    assertThat(texts(found, ".rotations .state")).contains("unknown");
    assertThat(found.<HtmlInput>getElementByName("subject").getValue()).isEqualTo("apps/crm/*");
  }

  @Test
  void olderRotationsAreOnTheNextPage() {
    unconfirmed();
    String from = ROTATIONS + "?limit=1&from=" + start;

    HtmlPage first = browser("payments").open(from);
    HtmlPage second = press(first, ".pages a");

    assertThat(texts(first, ".over p")).containsExactly("2 rotations");
    assertThat(texts(first, ".rotations .state")).contains("confirmation");
    assertThat(texts(second, ".rotations .state")).containsExactly("succeeded");
    assertThat(second.querySelectorAll(".pages a")).isEmpty();
  }

  @Test
  void teamsSeeTheRotationsOfTheirSubjectsOnly() {
    unknown();

    assertThat(texts(browser("viewer").open(ROTATIONS), ".to-do a")).containsExactly(OKTA_SUBJECT);
    assertThat(texts(browser("auditor").open(ROTATIONS), ".to-do a")).containsExactly(OKTA_SUBJECT);
    assertThat(texts(browser("search").open(ROTATIONS), ".to-do a")).isEmpty();
    assertThat(states("search", ROTATIONS + "?from=" + start)).isEmpty();
  }

  @Test
  void textsOfOthersAreShownAsTexts() {
    unconfirmed();
    execute(
        "update rotation set name = ?, actor_id = ?, actor_team = ?", HOSTILE, HOSTILE, HOSTILE);

    HtmlPage page = browser("auditor").open(ROTATIONS);

    assertThat(page.querySelectorAll("img")).isEmpty();
    assertThat(texts(page, ".to-do bdi")).contains(HOSTILE);
    assertThat(texts(page, ".rotations bdi")).filteredOn(HOSTILE::equals).hasSizeGreaterThan(3);
  }

  @Test
  void invalidFilterIsAProblem() {
    HtmlPage page = browser("payments").open(ROTATIONS + "?needs=money");

    assertThat(page.getWebResponse().getStatusCode()).isEqualTo(400);
    assertThat(page.getBody().asNormalizedText()).contains("needs has to be one or more of");
  }

  private List<String> states(String person, String path) {
    return texts(browser(person).open(path), ".rotations td:nth-child(3)");
  }

  private void unknown() {
    control().fault("conductorone", "rotate", "reset-after");
    assertThat(as("payments").post(ROTATE, OKTA).status()).isEqualTo(504);
    control().clearFaults();
  }

  private void unconfirmed() {
    Answer old = as("payments").post(CHECKOUT, json("name", "primary"));
    assertThat(keyed("payments").post(CHECKOUT + "/" + old.text("/id") + "/rotate", "{}").status())
        .isEqualTo(201);
  }
}
