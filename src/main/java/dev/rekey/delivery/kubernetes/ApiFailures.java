package dev.rekey.delivery.kubernetes;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Why a request to the API server failed, as a sentence without secrets. */
final class ApiFailures {

  private static final int MAX_MESSAGE = 250;

  /** How RBAC refuses a request. */
  private static final Pattern ABOUT_RIGHTS =
      Pattern.compile(" cannot (get|patch|create) resource ");

  private ApiFailures() {}

  /**
   * The sentence for a failure that the server or the client reports.
   *
   * @param isTrial whether the request had no secret. Then the server's own message is shown if it
   *     is about rights. Other messages, also those of admission webhooks, may quote the Secret.
   */
  static String text(String what, KubernetesClientException e, boolean isTrial) {
    String failure = "Rekey could not " + what + ": ";
    // The client has no status of a response that did not arrive, or that it could not read.
    if (e.getCode() <= 0) {
      return failure + "the API server did not respond, or not in a readable form.";
    }
    String message =
        isTrial && e.getCode() == HttpURLConnection.HTTP_FORBIDDEN ? message(e.getStatus()) : "";
    return failure
        + switch (e.getCode()) {
          case 401 -> "the API server does not know Rekey's token (401).";
          case 403 -> "the API server forbids it (403); see the Role of Rekey's service account.";
          case 404 -> "it does not exist (404).";
          case 409 -> "it was changed at the same time (409).";
          default -> "the API server responded with " + e.getCode() + ".";
        }
        + (message.isEmpty() ? "" : " It said: " + message + ".");
  }

  /** The sentence for a failure before anything was sent. */
  static String text(String what, RuntimeException e) {
    return "Rekey could not %s: the request could not be sent (%s)."
        .formatted(what, e.getClass().getSimpleName());
  }

  private static String message(@Nullable Status status) {
    String text = status == null ? null : status.getMessage();
    if (text == null || !ABOUT_RIGHTS.matcher(text).find()) {
      return "";
    }
    String line = text.replaceAll("[\\p{Cntrl}\\p{Cf}\\s]+", " ").strip().replaceFirst("\\.$", "");
    return line.length() <= MAX_MESSAGE ? line : line.substring(0, MAX_MESSAGE);
  }
}
