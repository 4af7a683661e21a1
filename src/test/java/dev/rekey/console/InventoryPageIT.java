package dev.rekey.console;

import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.htmlunit.Page;
import org.htmlunit.html.HtmlPage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** People search the inventory. */
class InventoryPageIT extends ConsoleIT {

  private static final String INVENTORY = "/console/credentials";
  private static final String GITHUB = json("appId", "crm", "connectorId", "github");
  private static final String SUBJECTS = ".inventory tbody td:first-child";

  @BeforeEach
  void nothingIsKnownYet() {
    execute("delete from console_view");
    execute("update credential set status = 'RETIRED'");
  }

  @Test
  void teamSeesItsOwnCredentialsOnly() {
    keyed("payments").post(ROTATE, OKTA);
    keyed("search").post(ROTATE, GITHUB);

    assertThat(texts(browser("search").open(INVENTORY), SUBJECTS))
        .contains("apps/crm/connectors/github")
        .doesNotContain(OKTA_SUBJECT);
    assertThat(texts(browser("viewer").open(INVENTORY), SUBJECTS))
        .contains(OKTA_SUBJECT)
        .doesNotContain("apps/crm/connectors/github");
    assertThat(texts(browser("auditor").open(INVENTORY + "?limit=500"), SUBJECTS))
        .contains(OKTA_SUBJECT, "apps/crm/connectors/github");
  }

  @Test
  void formSearchesAndKeepsWhatWasFilledIn() {
    keyed("payments").post(ROTATE, OKTA);
    String name = create("invoices-" + UUID.randomUUID(), "of a test");

    HtmlPage page = browser("payments").open(INVENTORY);
    fill(page, "input[name=q]", name);
    check(page, "input[name=status][value=ACTIVE]");
    check(page, "input[name=upstream][value=keycard]");
    HtmlPage found = press(page, "form.search button");

    assertThat(found.getUrl().getQuery())
        .isEqualTo("q=" + name + "&status=ACTIVE&upstream=keycard");
    assertThat(texts(found, ".inventory tbody td:nth-child(2)"))
        .singleElement()
        .asString()
        .startsWith(name);
    assertThat(texts(found, ".over p")).containsExactly("1 credential");
    assertThat(attributes(found, "input[name=q]", "value")).containsExactly(name);
    assertThat(attributes(found, "input[checked]", "value")).containsExactly("ACTIVE", "keycard");
    assertThat(found.querySelector(".curl code").getTextContent())
        .contains("/api/v1/credentials?q=" + name);
  }

  @ParameterizedTest
  @CsvSource({
    "expiresBefore=2026-12-31T00:00:00Z, expiresBefore, date, 2026-12-31",
    "notUsedSince=2026-12-31T10:20:30.5Z, notUsedSince, datetime-local, 2026-12-31T10:20:30.5",
    "status=!RETIRED, status, checkbox, !RETIRED",
    "waitsFor=due-time, waitsFor, checkbox, DUE_TIME"
  })
  void formHasEveryValueOfTheUrl(String query, String name, String type, String value) {
    HtmlPage page = browser("payments").open(INVENTORY + "?" + query);

    String field = "input[name=%s]%s".formatted(name, type.equals("checkbox") ? "[checked]" : "");
    assertThat(attributes(page, field, "type")).containsExactly(type);
    assertThat(attributes(page, field, "value")).containsExactly(value);
  }

  @Test
  void headersSortAndReverseTheOrder() {
    keyed("payments").post(ROTATE, OKTA);
    create("sorted", "by its subject");

    HtmlPage sorted =
        press(browser("payments").open(INVENTORY + "?status=ACTIVE"), "th:first-child a");
    HtmlPage reversed = press(sorted, "th:first-child a");

    assertThat(sorted.getUrl().getQuery()).isEqualTo("status=ACTIVE&sort=subject");
    assertThat(attributes(sorted, "th:first-child", "aria-sort")).containsExactly("ascending");
    assertThat(texts(sorted, SUBJECTS)).isSorted();
    assertThat(reversed.getUrl().getQuery()).isEqualTo("status=ACTIVE&sort=-subject");
    assertThat(attributes(reversed, "th:first-child", "aria-sort")).containsExactly("descending");
    assertThat(texts(reversed, SUBJECTS)).isEqualTo(texts(sorted, SUBJECTS).reversed());
  }

  @Test
  void nextPageHasOtherCredentials() {
    keyed("payments").post(ROTATE, OKTA);
    create("second", "of two");

    HtmlPage first = browser("payments").open(INVENTORY + "?status=ACTIVE&limit=1");
    HtmlPage second = press(first, ".pages a");

    assertThat(texts(first, SUBJECTS)).hasSize(1);
    assertThat(texts(second, SUBJECTS)).hasSize(1).isNotEqualTo(texts(first, SUBJECTS));
  }

  @ParameterizedTest
  @CsvSource({
    "Overdue, expiresAt, overdue=true",
    "Made outside Rekey, , origin=DISCOVERED",
    "Missing, , status=MISSING"
  })
  void chipsAreSearches(String title, String sort, String part) {
    HtmlPage page = browser("payments").open(INVENTORY);
    String link =
        page.querySelectorAll(".chips a").stream()
            .filter(chip -> chip.asNormalizedText().equals(title))
            .map(chip -> chip.getAttributes().getNamedItem("href").getNodeValue())
            .findFirst()
            .orElseThrow();

    HtmlPage opened = browser("payments").open(link);

    assertThat(link).contains(part);
    assertThat(opened.getWebResponse().getStatusCode()).isEqualTo(200);
    assertThat(texts(opened, ".chips a[aria-current=page]")).containsExactly(title);
    if (sort != null) {
      assertThat(attributes(opened, "option[selected]", "value")).contains(sort);
    }
  }

  @Test
  void everyChipIsASearchOfTheApi() {
    HtmlPage page = browser("auditor").open(INVENTORY);

    for (String link : attributes(page, ".chips a", "href")) {
      HtmlPage opened = browser("auditor").open(link);
      assertThat(opened.getWebResponse().getStatusCode()).as(link).isEqualTo(200);
      assertThat(attributes(opened, ".chips a[aria-current=page]", "href")).containsExactly(link);
    }
  }

  @Test
  void searchWithoutAMatchSaysWhatToDo() {
    HtmlPage page = browser("payments").open(INVENTORY + "?q=nothing-is-called-this");

    assertThat(texts(page, ".empty p"))
        .containsExactly("No credential matches. Remove a filter, or show all.");
  }

  @Test
  void invalidFilterIsAProblem() {
    HtmlPage page = browser("payments").open(INVENTORY + "?status=LOST");

    assertThat(page.getWebResponse().getStatusCode()).isEqualTo(400);
    assertThat(texts(page, ".problem h1")).containsExactly("A parameter is invalid");
  }

  @Test
  void csvHasAllMatchesOfTheSearch() {
    keyed("payments").post(ROTATE, OKTA);
    create("in-csv", "too");

    HtmlPage page = browser("payments").open(INVENTORY + "?status=ACTIVE&limit=1");
    String link = attributes(page, ".over a", "href").getFirst();
    Page csv = browser("payments").get(link);

    assertThat(link).isEqualTo("/console/credentials.csv?status=ACTIVE");
    assertThat(csv.getWebResponse().getContentType()).isEqualTo("text/csv");
    assertThat(csv.getWebResponse().getContentAsString())
        .startsWith("id,upstream,subject,")
        .contains(OKTA_SUBJECT, "in-csv")
        .doesNotContain("RETIRED");
  }

  @Test
  void savedViewIsAChipOfItsOwnerOnly() {
    HtmlPage page = browser("payments").open(INVENTORY + "?status=ACTIVE&sort=subject&limit=7");
    fill(page, ".keep input[name=name]", "Ours <b>");
    HtmlPage saved = press(page, ".keep form[action$=views] button");

    assertThat(saved.getUrl().getQuery()).isEqualTo("status=ACTIVE&sort=subject");
    assertThat(texts(saved, ".note")).containsExactly("The view is saved.");
    assertThat(texts(saved, ".chips a[aria-current=page] bdi")).containsExactly("Ours <b>");
    assertThat(texts(browser("viewer").open(INVENTORY), ".chips .own")).isEmpty();
    assertThat(texts(browser("admin").open(INVENTORY), ".chips .own")).isEmpty();
  }

  @Test
  void viewOfTheSameNameIsReplaced() {
    save("payments", "Mine", "status=ACTIVE");
    save("payments", "Mine", "status=MISSING");

    assertThat(attributes(browser("payments").open(INVENTORY), ".chips .own", "href"))
        .containsExactly("/console/credentials?status=MISSING");
  }

  @Test
  void ownerDeletesAView() {
    save("payments", "Mine", "status=ACTIVE");
    save("admin", "Mine", "status=ACTIVE");

    HtmlPage left =
        press(browser("payments").open(INVENTORY), ".keep form[action$='views/delete'] button");

    assertThat(texts(left, ".chips .own")).isEmpty();
    assertThat(texts(browser("admin").open(INVENTORY), ".chips .own")).containsExactly("Mine");
  }

  @Test
  void viewKeepsFiltersAndOrderOnly() {
    save("payments", "Mine", "status=ACTIVE&cursor=x&limit=3&other=1&q=a%26b");

    assertThat(attributes(browser("payments").open(INVENTORY), ".chips .own", "href"))
        .containsExactly("/console/credentials?status=ACTIVE&q=a%26b");
  }

  @Test
  void viewHasAName() {
    assertThat(save("payments", " ", "")).isEqualTo(400);
    assertThat(save("payments", "x".repeat(61), "")).isEqualTo(400);
    for (String hidden :
        List.of("\n", "\u0085", "\u2028", "\u202e", "\u2066", "\u200b", "\u200d")) {
      assertThat(save("payments", "a" + hidden + "b", "")).isEqualTo(400);
    }
    assertThat(save("payments", "x".repeat(60), "")).isEqualTo(200);
  }

  @Test
  void problemSaysHowTheNameOfAViewHasToBe() {
    HtmlPage refused =
        browser("payments").post(INVENTORY + "/views", Map.of("name", "a\u202eb", "query", ""));

    assertThat(refused.getBody().asNormalizedText())
        .contains("name is required: 1 to 60 visible characters in one line.");
  }

  @Test
  void queryOfAViewIsEncodedAndNotTooLong() {
    assertThat(save("payments", "Mine", "q=\"><script>")).isEqualTo(400);
    assertThat(save("payments", "Mine", "q=%zz")).isEqualTo(400);
    assertThat(save("payments", "Mine", "q=" + "x".repeat(2_000))).isEqualTo(400);
    assertThat(texts(browser("payments").open(INVENTORY), ".chips .own")).isEmpty();
  }

  @Test
  void personHasAtMostFiftyViews() {
    execute(
        "insert into console_view select 'payments', 'view ' || n, '', now()"
            + " from generate_series(1, 50) n");

    assertThat(save("payments", "one more", "")).isEqualTo(409);
    assertThat(save("payments", "view 7", "status=ACTIVE")).isEqualTo(200);
    assertThat(save("admin", "first", "")).isEqualTo(200);
  }

  @Test
  void credentialIsAdopted() {
    HtmlPage page = browser("payments").open(INVENTORY);
    fill(page, ".keep input[name=subject]", " " + OKTA_SUBJECT);
    fill(page, ".keep input[name=upstreamId]", "okta-seed-credential");

    HtmlPage adopted = press(page, ".keep form[action$=credentials] button");

    assertThat(texts(adopted, ".note.good")).contains("The credential is adopted.");
    assertThat(texts(adopted, "dl.facts dd"))
        .anyMatch(fact -> fact.contains("id okta-seed-credential"))
        .anyMatch(fact -> fact.contains("adopted, in the inventory since"));
    assertThat(events()).contains("credential.adopted");
  }

  @Test
  void credentialOfAnotherTeamIsNotAdopted() {
    Map<String, String> github =
        Map.of(
            "upstream", "conductorone",
            "subject", "apps/crm/connectors/github",
            "upstreamId", "github-seed-credential");

    HtmlPage refused = browser("payments").post(INVENTORY, github);
    HtmlPage ofViewer = browser("viewer").post(INVENTORY, github);

    assertThat(texts(refused, ".problem h1")).containsExactly("No grant covers this subject");
    assertThat(texts(ofViewer, ".problem h1")).containsExactly("The access token lacks a scope");
    assertThat(texts(browser("viewer").open(INVENTORY), ".keep form[action$=credentials]"))
        .isEmpty();
  }

  @Test
  void textOfAnUpstreamIsOnlyText() {
    create("<img src=x onerror=alert(1)>", "\u202Etxt");

    HtmlPage page = browser("payments").open(INVENTORY + "?status=ACTIVE");

    assertThat(page.querySelectorAll("main img, main script")).isEmpty();
    assertThat(texts(page, ".inventory td:nth-child(2) bdi"))
        .contains("<img src=x onerror=alert(1)>");
  }

  private String create(String name, String description) {
    assertThat(
            keyed("payments")
                .post(CHECKOUT, json("name", name, "description", description))
                .status())
        .isEqualTo(201);
    return name;
  }

  /** Returns the status of the page that follows. */
  private int save(String person, String name, String query) {
    return browser(person)
        .post(INVENTORY + "/views", Map.of("name", name, "query", query))
        .getWebResponse()
        .getStatusCode();
  }

  private static List<String> attributes(HtmlPage page, String selector, String name) {
    return page.querySelectorAll(selector).stream()
        .map(each -> each.getAttributes().getNamedItem(name).getNodeValue())
        .toList();
  }
}
