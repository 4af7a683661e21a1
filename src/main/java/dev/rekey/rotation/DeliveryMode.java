package dev.rekey.rotation;

import dev.rekey.platform.problem.ProblemType;
import java.util.List;

/** Whether a new secret is delivered to the target of its subject. */
public enum DeliveryMode {
  /** The caller gets the secret, and nobody else. */
  NONE,
  /** The target gets the secret, and the caller does not. */
  ONLY,
  /** Both get it. */
  ALSO;

  /** The request header. */
  public static final String HEADER = "Rekey-Deliver";

  /** Whether the response to the caller has the secret. */
  public boolean returnsSecret() {
    return this != ONLY;
  }

  /** The mode that a request asks for; throws an {@code invalid-request} problem for others. */
  public static DeliveryMode of(List<String> headers) {
    if (headers.isEmpty()) {
      return NONE;
    }
    return switch (headers.size() > 1 ? "" : headers.getFirst()) {
      case "only" -> ONLY;
      case "also" -> ALSO;
      default ->
          throw ProblemType.INVALID_REQUEST.with(
              HEADER + " has to be only or also. Nothing was done.");
    };
  }
}
