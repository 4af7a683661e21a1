package dev.rekey.rotation;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What can be done with a rotation after its mint. */
enum Action {
  /** The new credential works: retire the older one. */
  CONFIRM,
  /** End the new one while the older one lives. */
  REVERT,
  /** Its secret was lost: make another, and end the lost one. */
  REISSUE,
  /** An admin closes an outcome that stays unknown. */
  RESOLVE;

  /** As it is shown, and the last segment of its route. */
  @JsonValue
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
