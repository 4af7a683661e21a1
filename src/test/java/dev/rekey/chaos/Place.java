package dev.rekey.chaos;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A place where a process is held: the entry of a method.
 *
 * @param type the class that declares the method, by its full name
 * @param within the method that has to be on the stack, as {@code type.method}; null if that does
 *     not matter
 */
record Place(String type, String method, @Nullable String within) {

  static Place entryOf(String type, String method) {
    return new Place(type, method, null);
  }

  Place within(String caller) {
    return new Place(type, method, caller);
  }

  /** Throws if the code has no such method any more. */
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
