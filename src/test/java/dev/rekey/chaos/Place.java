package dev.rekey.chaos;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The method on whose entry a process is stopped.
 *
 * @param type the fully qualified name of the class that declares the method
 * @param within a direct or indirect caller that is required, as {@code type.method}; null for any
 */
record Place(String type, String method, @Nullable String within) {

  static Place entryOf(String type, String method) {
    return new Place(type, method, null);
  }

  Place within(String caller) {
    return new Place(type, method, caller);
  }

  /** Throws if the method no longer exists. */
  void requireToExist() {
    try {
      boolean exists =
          Arrays.stream(Class.forName(type).getDeclaredMethods())
              .anyMatch(declared -> declared.getName().equals(method));
      if (!exists) {
        throw new IllegalStateException("There is no method " + this);
      }
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("There is no class " + this, e);
    }
  }
}
