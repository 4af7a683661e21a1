package dev.rekey.console;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.htmlunit.Page;
import org.htmlunit.WebClient;
import org.htmlunit.html.HtmlPage;

/** A browser without scripts. A page with an error status is a page. */
final class Browser implements AutoCloseable {

  private final WebClient client = new WebClient();
  private final String rekey;

  /**
   * @param rekey where Rekey is, without a slash at its end
   */
  Browser(String rekey) {
    this.rekey = rekey;
    client.getOptions().setJavaScriptEnabled(false);
    client.getOptions().setCssEnabled(false);
    client.getOptions().setThrowExceptionOnFailingStatusCode(false);
  }

  /** Sends a header with each request. */
  Browser with(String name, String value) {
    client.addRequestHeader(name, value);
    return this;
  }

  /** Opens a path, and follows redirects. */
  HtmlPage open(String path) {
    return (HtmlPage) get(path);
  }

  /** Same, also for a response that is no page. */
  Page get(String path) {
    try {
      return client.getPage(rekey + path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
