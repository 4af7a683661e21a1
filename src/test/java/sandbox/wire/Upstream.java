package sandbox.wire;

import com.fasterxml.jackson.annotation.JsonValue;

/** The simulated APIs. */
public enum Upstream {
  CONDUCTORONE("conductorone"),
  KEYCARD("keycard");

  private final String wireName;

  Upstream(String wireName) {
    this.wireName = wireName;
  }

  @JsonValue
  public String wireName() {
    return wireName;
  }
}
