package dev.rekey.console;

import static dev.rekey.run.Json.json;

import dev.rekey.RekeyIT;
import dev.rekey.run.FreePort;
import dev.rekey.run.Http;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.htmlunit.html.DomNode;
import org.htmlunit.html.HtmlInput;
import org.htmlunit.html.HtmlPage;
import org.htmlunit.http.Cookie;
import org.junit.jupiter.api.AfterEach;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.test.context.ContextConfiguration;

/** Runs Rekey with its console. Each person has a browser of its own. */
@ContextConfiguration(initializers = ConsoleIT.Console.class)
public abstract class ConsoleIT extends RekeyIT {

  // From RFC 7517, A.1
  private static final String PUBLIC_KEY =
      json(
          "kty", "EC",
          "crv", "P-256",
          "x", "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
          "y", "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
          "kid", "1");

  private final Map<String, Browser> browsers = new HashMap<>();

  /** Enables the console, whose URL has to be known before the start. */
  static final class Console
      implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    static final int PORT = FreePort.find();

    @Override
    public void initialize(ConfigurableApplicationContext context) {
      var properties = new HashMap<String, Object>(surroundings().console());
      properties.put("server.port", PORT);
      properties.put("rekey.console.url", url());
      // Of a type that no test of pages causes, so that nothing is sent.
      properties.put("rekey.notifications.targets[0].name", "pager");
      properties.put("rekey.notifications.targets[0].url", "http://localhost:1/never-called");
      properties.put("rekey.notifications.targets[0].secrets[0]", "never-used-to-sign-anything");
      properties.put("rekey.notifications.targets[0].types[0]", "credential.missing");
      properties.put("rekey.notifications.deliver-every", "P1D");
      // Its team gets secrets only encrypted, which a browser cannot ask for.
      properties.put("rekey.encryption.teams[0].team", "admin");
      properties.put("rekey.encryption.teams[0].required", "true");
      properties.put("rekey.encryption.teams[0].keys", PUBLIC_KEY);
      context
          .getEnvironment()
          .getPropertySources()
          .addFirst(new MapPropertySource("console", properties));
    }
  }

  /** Where Rekey is, without a slash at its end. */
  protected static String url() {
    return "http://localhost:" + Console.PORT;
  }

  /** The browser of one of the sandbox's people, who is logged in. */
  protected final Browser browser(String person) {
    Browser known = browsers.get(person);
    if (known != null) {
      return known;
    }
    Browser browser = anonymousBrowser().logIn(person);
    browsers.put(person, browser);
    return browser;
  }

  /** Requests with the session of a person who is logged in. */
  protected final Http session(String person) {
    Cookie cookie = browser(person).session();
    return anonymous().with("Cookie", cookie.getName() + "=" + cookie.getValue());
  }

  /** A browser in which nobody is logged in. */
  protected final Browser anonymousBrowser() {
    var browser = new Browser(url()).with("X-Request-Id", requestId);
    browsers.put("anonymous " + browsers.size(), browser);
    return browser;
  }

  /** Opens pages while nobody can read some tables, so that each query of them is too broad. */
  protected final HtmlPage behindALock(
      String tables, String person, Function<Browser, HtmlPage> open) {
    Browser browser = browser(person);
    try (var connection = postgres().connectAsSuperuser();
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("lock table " + tables + " in access exclusive mode");
      return open.apply(browser);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The visible texts of the elements that a CSS selector finds, in order. */
  protected static List<String> texts(HtmlPage page, String selector) {
    return page.querySelectorAll(selector).stream().map(DomNode::asNormalizedText).toList();
  }

  /** Writes into the field that a CSS selector finds. */
  protected static void fill(HtmlPage page, String selector, String text) {
    Browser.fill(page, selector, text);
  }

  /** Checks the box that a CSS selector finds. */
  protected static void check(HtmlPage page, String selector) {
    ((HtmlInput) Browser.element(page, selector)).setChecked(true);
  }

  /** Clicks on a link or button, and returns the page that follows. */
  protected static HtmlPage press(HtmlPage page, String selector) {
    return Browser.press(page, selector);
  }

  @AfterEach
  void closeBrowsers() {
    browsers.values().forEach(Browser::close);
    browsers.clear();
  }

  /** Counts the open findings that a person may see. Otherwise pages show earlier counts. */
  final void countFindings(String person) {
    as(person).with("Cache-Control", "no-cache").get("/api/v1/findings/counts");
  }
}
