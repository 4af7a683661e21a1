package dev.rekey.platform;

import jakarta.servlet.http.HttpServletRequest;
import java.io.Serializable;

/** A path of Rekey's API that a response names, without a prefix. */
public record ApiPath(String path) implements Serializable {

  /** The path as the client of a request has to send it, with the server's or proxy's prefix. */
  public String seenBy(HttpServletRequest request) {
    return request.getContextPath() + path;
  }
}
