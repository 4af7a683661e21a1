package dev.rekey.access.issuer;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.JSONObjectUtils;
import dev.rekey.upstream.http.OutgoingHttp;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.ReactorClientHttpRequestFactory;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

/** Fetches the metadata of an issuer, and its keys: from a given URL, or from its metadata's. */
public final class KeyFetch {

  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final int MAX_BYTES = 1024 * 1024;
  private static final Pattern PLAIN_URL =
      Pattern.compile("https?://[A-Za-z0-9._~:/\\[\\]-]{1,300}");

  private final String issuer;
  private final @Nullable URI keys;
  private final RestClient requests;

  /**
   * Throws if a text is no URL.
   *
   * @param issuer needed only where no URL of the keys is given
   */
  public KeyFetch(String issuer, @Nullable String keys, OutgoingHttp http) {
    this.issuer = issuer;
    this.keys = keys == null ? null : URI.create(keys);
    this.requests =
        RestClient.builder().requestFactory((url, method) -> request(http, url, method)).build();
  }

  private static ClientHttpRequest request(OutgoingHttp http, URI url, HttpMethod method)
      throws IOException {
    var factory =
        new ReactorClientHttpRequestFactory(http.unpooled(url, TIMEOUT).followRedirect(true));
    factory.setReadTimeout(TIMEOUT);
    return factory.createRequest(url, method);
  }

  /** Waits for a few seconds at most. */
  public JWKSet fetch() throws KeyFetchException {
    String text = get(keys == null ? keysIn(metadata()) : keys);
    try {
      return JWKSet.parse(text == null ? "" : text);
    } catch (ParseException _) {
      throw new KeyFetchException(
          text == null ? "its keys are not found" : "its keys are no JWK set");
    }
  }

  /** The issuer's metadata (OpenID Connect Discovery). Waits for a few seconds at most. */
  public Map<String, Object> metadata() throws KeyFetchException {
    for (URI url : metadataUrls(URI.create(issuer))) {
      String text = get(url);
      if (text != null) {
        return checked(text);
      }
    }
    throw new KeyFetchException("it has no metadata at " + issuer + "/.well-known/…");
  }

  // OpenID Connect Discovery, then the same and RFC 8414 with the path at the end.
  private static List<URI> metadataUrls(URI issuer) {
    String path = issuer.getRawPath() == null ? "" : issuer.getRawPath().replaceFirst("/$", "");
    return Stream.of(
            path + "/.well-known/openid-configuration",
            "/.well-known/openid-configuration" + path,
            "/.well-known/oauth-authorization-server" + path)
        .distinct()
        .map(issuer::resolve)
        .toList();
  }

  private Map<String, Object> checked(String metadata) throws KeyFetchException {
    try {
      Map<String, Object> fields = JSONObjectUtils.parse(metadata);
      String name = JSONObjectUtils.getString(fields, "issuer");
      if (!issuer.equals(name)) {
        throw new KeyFetchException(
            "its metadata has the issuer "
                + quotable(name)
                + ", but the setting is "
                + issuer
                + "; the setting has to be exactly the same, also a slash at the end");
      }
      return fields;
    } catch (ParseException _) {
      throw new KeyFetchException("its metadata is malformed");
    }
  }

  private URI keysIn(Map<String, Object> metadata) throws KeyFetchException {
    try {
      URI found = JSONObjectUtils.getURI(metadata, "jwks_uri");
      if (found == null || (issuer.startsWith("https:") && !"https".equals(found.getScheme()))) {
        throw new KeyFetchException("the jwks_uri in its metadata is missing, or is not https");
      }
      return found;
    } catch (ParseException _) {
      throw new KeyFetchException("its metadata is malformed");
    }
  }

  /** The text if it is a plain URL, which may be logged. */
  static String quotable(@Nullable String url) {
    return url != null && PLAIN_URL.matcher(url).matches() ? url : "(no plain URL)";
  }

  /** Null if the server says that there is no such resource. */
  private @Nullable String get(URI url) throws KeyFetchException {
    try {
      Body body =
          requests
              .get()
              .uri(url)
              .accept(MediaType.APPLICATION_JSON, MediaType.ALL)
              .exchangeForRequiredValue((_, response) -> Body.of(response));
      if (body.status() / 100 == 4) {
        return null;
      }
      if (body.status() / 100 != 2) {
        throw new KeyFetchException("it responds with status " + body.status());
      }
      return body.text();
    } catch (ResourceAccessException e) {
      throw new KeyFetchException("it does not respond: " + kind(e));
    }
  }

  private record Body(int status, String text) {

    static Body of(ClientHttpResponse response) throws IOException {
      try (InputStream in = response.getBody()) {
        return new Body(
            response.getStatusCode().value(),
            new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8));
      }
    }
  }

  // The innermost cause that the JDK has a name for: the client's own exceptions extend the JDK's.
  private static String kind(ResourceAccessException e) {
    String kind = NestedExceptionUtils.getMostSpecificCause(e).getClass().getSimpleName();
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      Class<?> known = cause.getClass();
      while (!known.getName().startsWith("java")) {
        known = known.getSuperclass();
      }
      if (IOException.class.isAssignableFrom(known) && known != IOException.class) {
        kind = known.getSimpleName();
      }
    }
    return kind;
  }
}
