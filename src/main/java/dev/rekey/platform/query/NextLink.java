package dev.rekey.platform.query;

import org.springframework.web.servlet.support.ServletUriComponentsBuilder;
import org.springframework.web.util.UriComponents;
import org.springframework.web.util.UriComponentsBuilder;

/** The {@code Link} from one answer to the next: the same request with another place to go on. */
public final class NextLink {

  private final UriComponents request;

  private NextLink(UriComponents request) {
    this.request = request;
  }

  /** Needs to be made in the thread of the request, and can be used in any. */
  public static NextLink ofCurrentRequest() {
    return new NextLink(
        ServletUriComponentsBuilder.fromCurrentRequest()
            .scheme(null)
            .host(null)
            .port(null)
            .build());
  }

  /** The header's value, with a query parameter that says where to go on. */
  public String with(String parameter, Object value) {
    String next =
        UriComponentsBuilder.newInstance()
            .uriComponents(request)
            .replaceQueryParam(parameter, value)
            .build()
            .toUriString();
    return "<" + next + ">; rel=\"next\"";
  }
}
