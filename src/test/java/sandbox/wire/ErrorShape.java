package sandbox.wire;

/** The error format of an upstream or of Kubernetes. */
public enum ErrorShape {
  /** ConductorOne: google.rpc.Status, its code taken from the gateway library's status table. */
  GOOGLE_RPC {
    @Override
    public Response error(int status, String message) {
      var body = Json.object().put("code", grpcCode(status)).put("message", message);
      body.putArray("details");
      return Response.of(status, body);
    }
  },
  /** Keycard: message, textual code and status, as in the vendor's OpenAPI document. */
  KEYCARD {
    @Override
    public Response error(int status, String message) {
      return Response.of(
          status,
          Json.object()
              .put("message", message)
              .put("code", textualCode(status))
              .put("status", status));
    }
  },
  /** Kubernetes: a Status object. */
  KUBERNETES {
    @Override
    public Response error(int status, String message) {
      var body = Json.object().put("kind", "Status").put("apiVersion", "v1");
      body.putObject("metadata");
      return Response.of(
          status,
          body.put("status", "Failure")
              .put("message", message)
              .put("reason", statusReason(status))
              .put("code", status));
    }
  },
  /** Both token endpoints: RFC 6749, section 5.2. */
  OAUTH {
    @Override
    public Response error(int status, String message) {
      return oauth(status, oauthCode(status), message);
    }
  };

  public abstract Response error(int status, String message);

  public Refusal refusal(int status, String message) {
    return new Refusal(error(status, message));
  }

  public static Response oauth(int status, String error, String description) {
    return Response.of(
        status, Json.object().put("error", error).put("error_description", description));
  }

  private static int grpcCode(int status) {
    return switch (status) {
      case 400 -> 3;
      case 401 -> 16;
      case 403 -> 7;
      case 404 -> 5;
      case 409 -> 10;
      case 429 -> 8;
      case 499 -> 1;
      case 501 -> 12;
      case 503 -> 14;
      case 504 -> 4;
      default -> status <= 500 ? 2 : 13;
    };
  }

  private static String textualCode(int status) {
    return switch (status) {
      case 400 -> "bad_request";
      case 401 -> "unauthorized";
      case 403 -> "forbidden";
      case 404 -> "not_found";
      case 409 -> "conflict";
      case 422 -> "unprocessable_entity";
      case 429 -> "too_many_requests";
      case 503 -> "service_unavailable";
      default -> status < 500 ? "request_failed" : "internal_error";
    };
  }

  private static String statusReason(int status) {
    return switch (status) {
      case 400 -> "BadRequest";
      case 401 -> "Unauthorized";
      case 403 -> "Forbidden";
      case 404 -> "NotFound";
      case 405 -> "MethodNotAllowed";
      case 409 -> "Conflict";
      case 410 -> "Expired";
      case 413 -> "RequestEntityTooLarge";
      case 415 -> "UnsupportedMediaType";
      case 422 -> "Invalid";
      case 429 -> "TooManyRequests";
      case 500 -> "InternalError";
      case 503 -> "ServiceUnavailable";
      case 504 -> "Timeout";
      default -> "";
    };
  }

  private static String oauthCode(int status) {
    return switch (status) {
      case 401 -> "invalid_client";
      case 403 -> "access_denied";
      case 429, 503 -> "temporarily_unavailable";
      default -> status < 500 ? "invalid_request" : "server_error";
    };
  }
}
