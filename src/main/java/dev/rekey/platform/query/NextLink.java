package dev.rekey.platform.query;

import org.springframework.web.servlet.support.ServletUriComponentsBuilder;
import org.springframework.web.util.UriComponentsBuilder;

/** The {@code Link} header to the next page: the same request with another position. */
public final class NextLink {

  private final UriComponentsBuilder request;

  private NextLink(UriComponentsBuilder request) {
    this.request = request;
  }

  /** Has to be called in the thread of the request. */
  public static NextLink ofCurrentRequest() {
    return new NextLink(
        ServletUriComponentsBuilder.fromCurrentRequest().scheme(null).host(null).port(null));
  }

  /** The header's value; the parameter is the position of the next page. */
  public String with(String parameter, Object value) {
    String next = request.cloneBuilder().replaceQueryParam(parameter, value).build().toUriString();
    return "<" + next + ">; rel=\"next\"";
  }
}
