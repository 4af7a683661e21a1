package dev.rekey.console;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Map;
import java.util.Objects;
import org.apache.http.impl.NoConnectionReuseStrategy;
import org.apache.http.impl.client.HttpClientBuilder;
import org.htmlunit.CookieManager;
import org.htmlunit.HttpMethod;
import org.htmlunit.HttpWebConnection;
import org.htmlunit.Page;
import org.htmlunit.WebClient;
import org.htmlunit.WebRequest;
import org.htmlunit.WebResponse;
import org.htmlunit.html.HtmlElement;
import org.htmlunit.html.HtmlInput;
import org.htmlunit.html.HtmlPage;
import org.htmlunit.http.Cookie;
import org.htmlunit.util.NameValuePair;

/** A browser without scripts. A page with an error status is a page. */
public final class Browser implements AutoCloseable {

  /** The name of the cookie of a session. */
  public static final String SESSION = "rekey-console";

  private final WebClient client = new WebClient();
  private final String rekey;

  /**
   * @param rekey where Rekey is, without a slash at its end
   */
  public Browser(String rekey) {
    this.rekey = rekey;
    client.getOptions().setJavaScriptEnabled(false);
    client.getOptions().setCssEnabled(false);
    client.getOptions().setThrowExceptionOnFailingStatusCode(false);
  }

  /** Sends a header with each request. */
  public Browser with(String name, String value) {
    client.addRequestHeader(name, value);
    return this;
  }

  /**
   * Connects anew for each request, and repeats none by itself. From now on everything throws an
   * {@link UncheckedIOException} if a connection is lost.
   */
  public Browser withoutKeepAlive() {
    client.setWebConnection(
        new HttpWebConnection(client) {
          @Override
          protected HttpClientBuilder createHttpClientBuilder() {
            return super.createHttpClientBuilder()
                .setConnectionReuseStrategy(NoConnectionReuseStrategy.INSTANCE)
                .disableAutomaticRetries();
          }

          @Override
          public WebResponse getResponse(WebRequest request) {
            try {
              return super.getResponse(request);
            } catch (IOException e) {
              // The client would make a page of some of them.
              throw new UncheckedIOException(e);
            }
          }
        });
    return this;
  }

  /** Logs one of the sandbox's people in, whom the sandbox asks for a password. */
  public Browser logIn(String person) {
    HtmlPage form = open("/console");
    try {
      form.<HtmlInput>querySelector("input[name=username]").type(person);
      form.<HtmlInput>querySelector("input[name=password]").type(person + "-secret");
      form.<HtmlElement>querySelector("button[type=submit]").click();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /** The cookie of the person's session. Throws if nobody is logged in. */
  public Cookie session() {
    return Objects.requireNonNull(cookies().getCookie(SESSION), "nobody is logged in");
  }

  /** What the browser keeps. */
  public CookieManager cookies() {
    return client.getCookieManager();
  }

  /** Whether redirects are followed, which they are at first. */
  public Browser followingRedirects(boolean follows) {
    client.getOptions().setRedirectEnabled(follows);
    return this;
  }

  /** Sends any request with the browser's cookies. */
  public Page send(WebRequest request) {
    try {
      return client.getPage(request);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Opens a path, and follows redirects. */
  public HtmlPage open(String path) {
    return (HtmlPage) get(path);
  }

  /** Same, also for a response that is no page. */
  public Page get(String path) {
    try {
      return client.getPage(rekey + path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends a form with the token of the person's session, and follows redirects. */
  public HtmlPage post(String path, Map<String, String> fields) {
    HtmlInput token = open("/console").querySelector("input[name=_csrf]");
    try {
      var request = new WebRequest(URI.create(rekey + path).toURL(), HttpMethod.POST);
      request.setCharset(StandardCharsets.UTF_8);
      var sent = new ArrayList<NameValuePair>();
      sent.add(new NameValuePair("_csrf", token.getValue()));
      fields.forEach((name, value) -> sent.add(new NameValuePair(name, value)));
      request.setRequestParameters(sent);
      return (HtmlPage) send(request);
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** Clicks on the link or button that a CSS selector finds. Returns the page that follows. */
  public static HtmlPage press(HtmlPage page, String selector) {
    try {
      return element(page, selector).click();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The element that a CSS selector finds. Throws if there is none. */
  static HtmlElement element(HtmlPage page, String selector) {
    return Objects.requireNonNull(page.querySelector(selector), selector);
  }

  /** Writes into the field that a CSS selector finds. */
  public static void fill(HtmlPage page, String selector, String text) {
    ((HtmlInput) element(page, selector)).setValue(text);
  }

  @Override
  public void close() {
    client.close();
  }
}
