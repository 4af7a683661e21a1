package dev.rekey.load;

import dev.rekey.console.Browser;
import dev.rekey.run.Http;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.htmlunit.html.DomElement;
import org.htmlunit.html.DomNode;
import org.htmlunit.html.HtmlPage;

/**
 * A person who works in the console: opens pages, and pauses policies by a form. Opens a page again
 * if there was no response, and sends a form again if its page does not show the effect. Not
 * thread-safe, but for {@link #done}.
 */
final class ConsoleUser implements AutoCloseable {

  static final String POLICIES = "/console/policies";

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Browser browser;
  private final URI rekey;
  private final Refusals refusals;
  private final List<String> done = new CopyOnWriteArrayList<>();

  /**
   * @param rekey the proxy in front of the replicas, or one of them
   */
  ConsoleUser(URI rekey, Refusals refusals) {
    this.rekey = rekey;
    this.refusals = refusals;
    // The proxy chooses a replica for each connection.
    this.browser = new Browser(rekey.toString()).withoutKeepAlive();
  }

  ConsoleUser logIn(String person) {
    browser.logIn(person);
    return this;
  }

  /** The same person in another window, or at another address of the same host. */
  ConsoleUser window(URI address) {
    var window = new ConsoleUser(address, refusals);
    window.browser.cookies().addCookie(browser.session());
    return window;
  }

  /** Requests with the session of the person. */
  Http session() {
    return Http.at(rekey).with("Cookie", Browser.SESSION + "=" + sessionId());
  }

  /** Names the session. Each login begins another one. */
  String sessionId() {
    return browser.session().getValue();
  }

  /** The reasons of the pauses that the person has made, in order. */
  List<String> done() {
    return List.copyOf(done);
  }

  /** Looks at some pages, and then pauses the policies of a subject. */
  void work(String subject) {
    open("/console");
    HtmlPage inventory = open("/console/credentials");
    DomElement credential = inventory.querySelector("td[data-label=Subject] a");
    open(credential.getAttribute("href"));
    open("/console/history");
    pause(open(POLICIES), subject, "pause " + done.size());
  }

  /** Opens a page. Throws if the response is anything else, such as a login. */
  HtmlPage open(String path) {
    Instant end = Instant.now().plus(PATIENCE);
    while (Instant.now().isBefore(end)) {
      Instant begun = Instant.now();
      try {
        return expected(browser.open(path), path);
      } catch (UncheckedIOException e) {
        refusals.add("GET " + path, begun);
      }
    }
    throw new IllegalStateException(path + " got no response for a long time");
  }

  /** Whether the session has ended, so that a page leads to a login. */
  boolean isLoggedOut() {
    return browser.followingRedirects(false).get("/console").getWebResponse().getStatusCode()
        == 302;
  }

  void logOut() {
    Browser.press(open("/console"), ".person form button");
  }

  /** Sends a form that was opened before. */
  void pause(HtmlPage form, String subject, String reason) {
    HtmlPage page = form;
    while (!shows(page, reason)) {
      Instant begun = Instant.now();
      try {
        page = expected(send(page, subject, reason), POLICIES);
        if (!shows(page, reason)) {
          throw new IllegalStateException("The form had no effect");
        }
      } catch (UncheckedIOException e) {
        refusals.add("POST " + POLICIES, begun);
        page = open(POLICIES);
      }
    }
    done.add(reason);
  }

  private static HtmlPage send(HtmlPage page, String subject, String reason) {
    fill(page, "subject", subject);
    fill(page, "reason", reason);
    fill(
        page,
        "until",
        LocalDateTime.now(ZoneOffset.UTC).plusDays(1).truncatedTo(ChronoUnit.MINUTES).toString());
    return Browser.press(page, "form[action$=pause] button");
  }

  private static boolean shows(HtmlPage policies, String reason) {
    return policies.querySelectorAll(".pauses bdi").stream()
        .map(DomNode::asNormalizedText)
        .anyMatch(reason::equals);
  }

  private static HtmlPage expected(HtmlPage page, String path) {
    if (page.getWebResponse().getStatusCode() != 200
        || !page.getUrl().getPath().equals(URI.create(path).getPath())) {
      throw new IllegalStateException(
          "%s led to %s: %s".formatted(path, page.getUrl(), page.getBody().asNormalizedText()));
    }
    return page;
  }

  private static void fill(HtmlPage page, String name, String text) {
    Browser.fill(page, "form[action$=pause] input[name=" + name + "]", text);
  }

  @Override
  public void close() {
    browser.close();
  }
}
