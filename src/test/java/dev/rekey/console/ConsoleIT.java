package dev.rekey.console;

import dev.rekey.RekeyIT;
import dev.rekey.run.Tokens;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.htmlunit.html.DomNode;
import org.htmlunit.html.HtmlPage;
import org.junit.jupiter.api.AfterEach;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.test.context.TestPropertySource;

/** Runs Rekey with its console. Each person has a browser of its own. */
@TestPropertySource(properties = "rekey.console.enabled=true")
abstract class ConsoleIT extends RekeyIT {

  private final Map<String, Browser> browsers = new HashMap<>();

  @Value("${local.server.port}")
  private int port;

  /** The browser of one of the sandbox's people, who is logged in. */
  final Browser browser(String person) {
    return browsers.computeIfAbsent(
        person,
        name ->
            new Browser("http://localhost:" + port)
                .with("X-Request-Id", requestId)
                .with("Authorization", "Bearer " + Tokens.of(surroundings().sandbox(), name)));
  }

  /** The visible texts of the elements that a CSS selector finds, in order. */
  static List<String> texts(HtmlPage page, String selector) {
    return page.querySelectorAll(selector).stream().map(DomNode::asNormalizedText).toList();
  }

  @AfterEach
  void closeBrowsers() {
    browsers.values().forEach(Browser::close);
    browsers.clear();
  }
}
