package dev.rekey.console.login;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.console.Browser;
import dev.rekey.console.ConsoleIT;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.htmlunit.HttpMethod;
import org.htmlunit.Page;
import org.htmlunit.WebRequest;
import org.htmlunit.WebResponse;
import org.htmlunit.html.HtmlPage;
import org.htmlunit.http.Cookie;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoginIT extends ConsoleIT {

  @Test
  void aPersonLogsInAndSeesThePageThatWasAskedFor() {
    Browser browser = anonymousBrowser();
    browser.open("/console?x=1");

    HtmlPage page = browser.logIn("payments").open("/console");

    assertThat(page.getUrl().getPath()).isEqualTo("/console");
    assertThat(texts(page, ".person > summary")).containsExactly("payments");
  }

  @Test
  void loginsInTwoTabsLeadToTheirPages() throws Exception {
    Browser browser = browser("payments");
    String first = begun(browser, "/console/rotations?state=UNKNOWN");
    String second = begun(browser, "/console/findings");

    assertThat(browser.send(new WebRequest(URI.create(first).toURL())).getUrl().toString())
        .isEqualTo(url() + "/console/rotations?state=UNKNOWN");
    assertThat(browser.send(new WebRequest(URI.create(second).toURL())).getUrl().toString())
        .isEqualTo(url() + "/console/findings");
    assertThat(browser.cookies().getCookies())
        .noneMatch(cookie -> cookie.getName().startsWith("rekey-login"));
  }

  @Test
  void aLoginLeadsToALongPage() {
    String page = "/console/credentials?subject=";
    String longest = page + "x".repeat(LoginRequests.MAX_PAGE - page.length());

    assertThat(browser("payments").open(LoginRequests.path(longest, false)).getUrl().toString())
        .isEqualTo(url() + longest);
    assertThat(
            browser("payments").open(LoginRequests.path(longest + "x", false)).getUrl().toString())
        .isEqualTo(url() + "/console");
  }

  /** Where a login that begins leads to. */
  private static String begun(Browser browser, String page) {
    Page response = browser.followingRedirects(false).get(LoginRequests.path(page, false));
    browser.followingRedirects(true);
    return response.getWebResponse().getResponseHeaderValue("Location");
  }

  @Test
  void theTeamsAndScopesAreThoseOfTheApi() {
    HtmlPage page = browser("viewer").open("/console");

    assertThat(page.querySelector(".person").getTextContent()).contains("payments");
    assertThat(texts(page, ".menu a")).contains("Inventory").doesNotContain("History");
  }

  @Test
  void theSessionCookieIsOutOfReachForScriptsAndOtherSites() {
    Cookie cookie = browser("payments").session();

    assertThat(cookie.isHttpOnly()).isTrue();
    assertThat(cookie.getSameSite()).isEqualToIgnoringCase("Lax");
    assertThat(cookie.getPath()).isEqualTo("/");
  }

  @Test
  void whoReadsTheDatabaseCannotUseASession() {
    browser("payments").open("/console");
    String id =
        (String)
            query("select session_id from console_session order by creation_time desc limit 1")
                .getFirst()
                .get("session_id");

    Browser thief = anonymousBrowser().followingRedirects(false);
    thief.cookies().addCookie(new Cookie("localhost", Browser.SESSION, id));

    assertThat(thief.get("/console").getWebResponse().getStatusCode()).isEqualTo(302);
  }

  @Test
  void theDatabaseHasNoToken() {
    browser("payments").open("/console");

    assertThat(
            query(
                    "select attribute_name, convert_from(attribute_bytes, 'UTF8') as value"
                        + " from console_session_attributes")
                .stream()
                .map(Object::toString)
                .toList())
        .isNotEmpty()
        // A signed token begins with {"alg, an encrypted one with {"enc.
        .noneMatch(row -> row.contains("eyJhbGciOiJSUz") || row.contains("eyJraWQ"));
  }

  @Test
  void theSessionIdChangesWithEachLogin() {
    Browser browser = browser("payments");
    Cookie before = browser.session();

    browser.open("/console/login/to/issuer?page=/console");

    Cookie after = browser.session();
    assertThat(after.getValue()).isNotEqualTo(before.getValue());
    Browser attacker = anonymousBrowser().followingRedirects(false);
    attacker.cookies().addCookie(before);
    assertThat(attacker.get("/console").getWebResponse().getStatusCode()).isEqualTo(302);
  }

  @Test
  void aStreamWithoutALoginEndsAndBeginsNoLogin() {
    var answer = anonymous().with("Accept", "text/event-stream").get("/console/history/stream");

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.header("Set-Cookie")).isNull();
  }

  @Test
  void nobodyFillsTheDatabaseWithoutALogin() {
    long before = numberOf("select count(*) from console_session");

    anonymousBrowser().open("/console");
    anonymousBrowser().open("/console/login/failed?reason=denied");

    assertThat(numberOf("select count(*) from console_session")).isEqualTo(before);
  }

  @Test
  void everyPageHasAStrictPolicyAndIsNotCached() {
    Page page = browser("payments").open("/console");

    assertThat(page.getWebResponse().getResponseHeaderValue("Content-Security-Policy"))
        .startsWith("default-src 'none'; script-src 'self'; style-src 'self';")
        .contains("frame-ancestors 'none'", "base-uri 'none'")
        .doesNotContain("unsafe", "*", "data:");
    assertThat(page.getWebResponse().getResponseHeaderValue("X-Frame-Options")).isEqualTo("DENY");
    assertThat(page.getWebResponse().getResponseHeaderValue("Cache-Control")).contains("no-store");
  }

  @Test
  void noPageHasAnInlineScriptOrStyle() {
    HtmlPage page = browser("admin").open("/console");

    assertThat(page.querySelectorAll("script:not([src]), style, [style]")).isEmpty();
    assertThat(page.getWebResponse().getContentAsString()).doesNotContainPattern("\\son[a-z]+=");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example/",
        "//evil.example/console",
        "/\\evil.example",
        "/console@evil.example",
        "/api/v1/credentials",
        "/console/../../evil"
      })
  void aLoginNeverLeadsToAnotherSite(String target) {
    Browser browser = anonymousBrowser();
    browser.logIn("payments");

    HtmlPage page =
        browser.open(
            "/console/login/to/issuer?page=" + URLEncoder.encode(target, StandardCharsets.UTF_8));

    assertThat(page.getUrl().toString()).startsWith(url() + "/console");
  }

  @Test
  void anActionWithoutTheTokenOfItsFormIsRefused() throws Exception {
    Browser browser = browser("payments");
    browser.open("/console");

    Page answer =
        browser.send(
            new WebRequest(URI.create(url() + "/console/logout").toURL(), HttpMethod.POST));

    assertThat(answer.getWebResponse().getStatusCode()).isEqualTo(403);
    assertThat(browser.open("/console").getUrl().getPath()).isEqualTo("/console");
  }

  @Test
  void aLogoutEndsTheSessionHereAndAtTheIssuer() {
    Browser browser = browser("payments");
    Cookie before = browser.session();
    HtmlPage page = browser.open("/console");

    HtmlPage after = press(page, ".person form button");

    assertThat(after.getUrl().toString()).isEqualTo(url() + "/console/login/ended");
    browser.cookies().addCookie(before);
    assertThat(browser.open("/console").getUrl().getPath()).isEqualTo("/login");
  }

  @Test
  void anActionNeedsAFreshLogin() {
    Browser browser = browser("admin");
    changePerson("loggedInAt", "2020-01-01T00:00:00Z");

    HtmlPage page = browser.post("/console/credentials", Map.of());

    assertThat(page.getWebResponse().getStatusCode()).isEqualTo(403);
    assertThat(texts(page, "h1")).containsExactly("Log in again");
    assertThat(press(page, "main a.button").getUrl().getPath()).isEqualTo("/console");
    // The API's answer to a request without a body.
    assertThat(browser.post("/console/credentials", Map.of()).getWebResponse().getStatusCode())
        .isEqualTo(400);
  }

  @Test
  void aLoginEndsAfterItsLifetime() {
    Browser browser = browser("payments");
    changePerson("endsAt", "2020-01-01T00:00:00Z");

    assertThat(browser.followingRedirects(false).get("/console").getWebResponse().getStatusCode())
        .isEqualTo(302);
  }

  @Test
  void aLoginEndsWithoutRequests() {
    Browser browser = browser("payments");
    execute("update console_session set expiry_time = 0, last_access_time = 0");

    assertThat(browser.followingRedirects(false).get("/console").getWebResponse().getStatusCode())
        .isEqualTo(302);
  }

  @Test
  void requestsAreWrittenAtMostOnceAMinute() {
    String latest = "select max(last_access_time) from console_session";
    Browser browser = browser("payments");
    long login = numberOf(latest);

    browser.open("/console");
    long soon = numberOf(latest);
    execute("update console_session set last_access_time = last_access_time - 61000");
    browser.open("/console");

    assertThat(soon).isEqualTo(login);
    assertThat(numberOf(latest)).isGreaterThanOrEqualTo(login);
  }

  private static void changePerson(String member, String value) {
    execute(
        """
        update console_session_attributes
        set attribute_bytes = convert_to(jsonb_set(convert_from(attribute_bytes, 'UTF8')::jsonb,
          array[?], to_jsonb(?::text))::text, 'UTF8')
        where attribute_name = 'person'
        """,
        member,
        value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/console/nothing",
        "/console/nothing/below?x=1",
        "/console/history/not/an-event",
        "/console/login/nothing",
        "/console/"
      })
  void aPathWithoutAPageLeadsToAPage(String path) {
    HtmlPage page = browser("viewer").open(path);

    assertThat(page.getWebResponse().getStatusCode()).isEqualTo(404);
    assertThat(texts(page, "main h1")).containsExactly("Not found");
    assertThat(texts(page, ".menu a")).contains("Overview", "Inventory");
    assertThat(anonymousBrowser().open(path).getUrl().getPath()).isEqualTo("/login");
  }

  @Test
  void aFormIsNoPageForAnotherMethod() {
    assertThat(browser("payments").post("/console/history", Map.of()).getWebResponse())
        .extracting(WebResponse::getStatusCode, WebResponse::getContentType)
        .containsExactly(404, "text/html");
  }

  @Test
  void theConsoleAcceptsNoAccessToken() {
    assertThat(as("payments").get("/console").status()).isEqualTo(302);
  }

  @Test
  void theApiAcceptsNoSession() {
    Browser browser = browser("payments");

    assertThat(browser.get("/api/v1/summary").getWebResponse().getStatusCode()).isEqualTo(401);
  }

  @Test
  void aLoginThatWasNotBegunHereFails() {
    HtmlPage page = anonymousBrowser().open("/console/login/code?code=stolen&state=forged");

    assertThat(page.getUrl().toString()).isEqualTo(url() + "/console/login/failed?reason=expired");
    assertThat(texts(page, "p").getFirst()).contains("Log in again");
  }

  @Test
  void textInTheUrlOfAFailureIsNotShown() {
    HtmlPage page = anonymousBrowser().open("/console/login/failed?reason=%3Cb%3Eevil");

    assertThat(page.getWebResponse().getContentAsString()).doesNotContain("evil");
  }

  @Test
  void anAnonymousRequestOfHtmxLoadsThePageAgain() {
    Browser browser = anonymousBrowser().with("HX-Request", "true");

    Page answer = browser.get("/console");

    assertThat(answer.getWebResponse().getStatusCode()).isEqualTo(401);
    assertThat(answer.getWebResponse().getResponseHeaderValue("HX-Refresh")).isEqualTo("true");
  }
}
