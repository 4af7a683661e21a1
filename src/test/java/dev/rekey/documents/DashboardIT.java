package dev.rekey.documents;

import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import com.sun.net.httpserver.SimpleFileServer.OutputLevel;
import dev.rekey.RekeyIT;
import dev.rekey.run.Control;
import dev.rekey.run.Tokens;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.htmlunit.BrowserVersion;
import org.htmlunit.WebClient;
import org.htmlunit.html.DomNode;
import org.htmlunit.html.HtmlElement;
import org.htmlunit.html.HtmlInput;
import org.htmlunit.html.HtmlPage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;

/** Runs docs/dashboard.html, from another origin than Rekey's. */
class DashboardIT extends RekeyIT {

  private static final Path DASHBOARD = Path.of("docs", "dashboard.html");
  private static final HttpServer PAGES = serve();
  private static final String ORIGIN = "http://localhost:" + PAGES.getAddress().getPort();
  private static final String CHECKOUT_SUBJECT = "organizations/acme/service-accounts/checkout";
  private static final String NAME = "<img src=x onerror=alert(1)>";

  private final WebClient browser = new WebClient(BrowserVersion.CHROME);

  private static HttpServer serve() {
    HttpServer pages =
        SimpleFileServer.createFileServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            DASHBOARD.toAbsolutePath().getParent(),
            OutputLevel.NONE);
    pages.start();
    return pages;
  }

  @DynamicPropertySource
  static void allowThePage(DynamicPropertyRegistry registry) {
    registry.add("rekey.access.cors-origins[0]", () -> ORIGIN);
  }

  @AfterAll
  static void stopPages() {
    PAGES.stop(0);
  }

  @BeforeEach
  void makeHistoryAndInventory() {
    browser.getOptions().setFetchPolyfillEnabled(true);
    keyed("payments").post(ROTATE, OKTA);
    control().fault("conductorone", "rotate", "reset-after");
    keyed("payments").post(ROTATE, OKTA);
    control().clearFaults();
    control().fault("conductorone", "rotate", "status", Control.status(409));
    keyed("payments").post(ROTATE, OKTA);
    control().clearFaults();
    as("search").post(ROTATE, OKTA);
    create("overdue", "policy_expires_at = now() - interval '3 days'");
    create(NAME, "expires_at = now() + interval '5 days'");
    awaitFollowUps();
    awaitAllSealed();
  }

  private void create(String name, String change) {
    if (numberOf("select count(*) from credential where display_name = ?", name) == 0) {
      keyed("payments").post(CHECKOUT, json("name", name));
    }
    execute("update credential set " + change + " where display_name = ?", name);
  }

  @AfterEach
  void closeBrowser() {
    browser.close();
  }

  @Test
  void showsWhatTheApiReturns() throws IOException {
    HtmlPage page = open("auditor");

    JsonNode summary = read("/api/v1/summary");
    JsonNode counts = summary.path("credentials");
    assertThat(texts(page, "#tiles div"))
        .containsExactly(
            "Valid credentials" + counts.path("valid").asString(),
            "Overdue" + counts.path("overdue").asString(),
            "Expire within 7 days" + counts.path("expiringWithin7Days").asString(),
            "Expire within 30 days" + counts.path("expiringWithin30Days").asString(),
            "Unused for 90 days" + counts.path("unusedFor90Days").asString(),
            "Unknown rotations" + summary.at("/rotations/unknown").asString());
    assertThat(texts(page, "dd.bad")).as("overdue and unknown").hasSize(2);
    assertThat(texts(page, "#events td:nth-child(2)"))
        .containsExactlyElementsOf(
            read("/api/v1/audit-events?limit=12").path("items").findValuesAsString("type"))
        .hasSize(12);
    assertThat(texts(page, "#events td:last-child")).contains(OKTA_SUBJECT);
    assertThat(texts(page, "#problem")).containsExactly("");
  }

  @Test
  void chartHasABarForEachOutcomeAndHour() throws IOException {
    HtmlPage page = open("auditor");

    JsonNode chart = read("/api/v1/audit-events/aggregate?groupBy=outcome&outcome=!none");
    assertThat(texts(page, "#legend li"))
        .contains("rejected 1", "unknown 1", "denied 1")
        .containsExactlyElementsOf(
            chart
                .path("series")
                .valueStream()
                .map(one -> one.at("/key/0").asString() + " " + one.path("total").asString())
                .toList());
    for (JsonNode series : chart.path("series")) {
      String outcome = series.at("/key/0").asString();
      assertThat(page.querySelectorAll("rect." + outcome).stream().map(DashboardIT::height))
          .as(outcome)
          .containsExactlyElementsOf(
              series.path("counts").valueStream().map(JsonNode::asString).toList());
    }
    String style = Files.readString(DASHBOARD);
    assertThat(
            Stream.of("succeeded", "rejected", "not-attempted", "unknown", "not-applied", "denied"))
        .allSatisfy(outcome -> assertThat(style).contains("." + outcome + " { --c:"));
  }

  @Test
  void listsWhatExpiresAndNothingWithoutAnEnd() throws IOException {
    execute(
        "update credential set expires_at = null, policy_expires_at = null"
            + " where display_name is null or display_name not in ('overdue', ?)",
        NAME);
    HtmlPage page = open("auditor");

    assertThat(read("/api/v1/credentials?status=ACTIVE,RETIRING").path("items").size())
        .isGreaterThan(2);
    assertThat(texts(page, "#expiring td:nth-child(2) > div"))
        .containsExactly("overdue" + CHECKOUT_SUBJECT, NAME + CHECKOUT_SUBJECT);
    assertThat(texts(page, "#expiring tr:first-child td:first-child").getFirst())
        .endsWith("overdue");
    assertThat(texts(page, "#expiring td:first-child")).anyMatch(end -> end.endsWith("in 4 days"));
    assertThat(page.querySelectorAll("main img")).as("texts are never HTML").isEmpty();
  }

  @Test
  void pollsShowANewEvent() throws IOException {
    HtmlPage page = open("auditor");
    String before = latest(page);
    keyed("payments").post(ROTATE, OKTA);

    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              browser.waitForBackgroundJavaScript(1000);
              return latest(page)
                  .equals(
                      read("/api/v1/audit-events?limit=1").at("/items/0/occurredAt").asString());
            });
    assertThat(latest(page)).isGreaterThan(before);
  }

  private static String latest(HtmlPage page) {
    return Objects.requireNonNull(page.<HtmlElement>querySelector("#events time"))
        .getAttribute("datetime");
  }

  @Test
  void showsWhyAPartIsRefused() throws IOException {
    HtmlPage page = open("viewer");

    assertThat(texts(page, "#problem"))
        .containsExactly(as("viewer").get("/api/v1/audit-events").text("/detail"));
    assertThat(texts(page, "#tiles div")).hasSize(6);
  }

  @Test
  void needsAnotherTokenAfterA401() throws IOException {
    HtmlPage page = openWith("wrong");

    assertThat(texts(page, "#problem"))
        .containsExactly(anonymous().bearer("wrong").get("/api/v1/summary").text("/detail"));
    assertThat(page.executeJavaScript("sessionStorage.getItem('token')").getJavaScriptResult())
        .isNull();
  }

  @Test
  void isShortAndRunsOnlyItsOwnScript() throws Exception {
    String page = Files.readString(DASHBOARD);

    assertThat(page.lines().count()).isLessThan(120);
    assertThat(page).doesNotContain("innerHTML", "localStorage", "http-equiv=\"refresh\"");
    for (String part : List.of("script", "style")) {
      var content = Pattern.compile("(?s)<" + part + ">(.*?)</" + part + ">").matcher(page);
      assertThat(content.find()).isTrue();
      assertThat(page).contains(part + "-src 'sha256-" + hash(content.group(1)) + "'");
    }
  }

  private static String hash(String content) throws NoSuchAlgorithmException {
    return Base64.getEncoder()
        .encodeToString(
            MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8)));
  }

  private HtmlPage open(String client) throws IOException {
    return openWith(Tokens.of(surroundings().sandbox(), client));
  }

  private HtmlPage openWith(String token) throws IOException {
    HtmlPage page = browser.getPage(ORIGIN + "/dashboard.html");
    page.<HtmlInput>getHtmlElementById("url").setValue(rekey());
    page.<HtmlInput>getHtmlElementById("token").setValue(token);
    Objects.requireNonNull(page.<HtmlElement>querySelector("button")).click();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              browser.waitForBackgroundJavaScript(500);
              return !texts(current(), "#state").contains("Not connected");
            });
    HtmlPage shown = current();
    assertThat(shown.getUrl()).hasToString(ORIGIN + "/dashboard.html");
    return shown;
  }

  private HtmlPage current() {
    return (HtmlPage) browser.getCurrentWindow().getEnclosedPage();
  }

  private String rekey() {
    String url = anonymous().get("/problems").raw().uri().toString();
    return url.substring(0, url.indexOf("/problems"));
  }

  private JsonNode read(String path) {
    return as("auditor").get(path).body();
  }

  private static List<String> texts(HtmlPage page, String selector) {
    return page.querySelectorAll(selector).stream().map(DomNode::getTextContent).toList();
  }

  private static String height(DomNode bar) {
    return Objects.requireNonNull(bar.getAttributes().getNamedItem("height")).getNodeValue();
  }
}
