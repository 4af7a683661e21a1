package sandbox.wire;

import static sandbox.wire.Upstream.CONDUCTORONE;
import static sandbox.wire.Upstream.KEYCARD;

import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The operation of a call to an upstream. {@link #REDIRECTED} and {@link #UNKNOWN} are only
 * recorded.
 */
public enum Operation {
  TOKEN("token"),
  ROTATE("rotate"),
  REVOKE("revoke"),
  GET("get"),
  CREATE("create"),
  LIST("list"),
  UPDATE("update"),
  DELETE("delete"),
  GET_ORGANIZATION("get-organization"),
  GET_SERVICE_ACCOUNT("get-service-account"),
  LIST_SERVICE_ACCOUNTS("list-service-accounts"),
  REDIRECTED("redirected"),
  UNKNOWN("unknown");

  private final String wireName;

  Operation(String wireName) {
    this.wireName = wireName;
  }

  @JsonValue
  public String wireName() {
    return wireName;
  }

  public boolean existsAt(Upstream upstream) {
    return switch (this) {
      case TOKEN, GET -> true;
      case ROTATE, REVOKE -> upstream == CONDUCTORONE;
      case CREATE,
          LIST,
          UPDATE,
          DELETE,
          GET_ORGANIZATION,
          GET_SERVICE_ACCOUNT,
          LIST_SERVICE_ACCOUNTS ->
          upstream == KEYCARD;
      case REDIRECTED, UNKNOWN -> false;
    };
  }
}
