package dev.rekey.chaos;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where a process is to stand still: on entering a method.
 *
 * @param type the class that declares the method, by its full name
 * @param within the method has to be called, by whatever way, from this one, as {@code
 *     type.method}; null if that does not matter
 */
record Place(String type, String method, @Nullable String within) {

  static Place entryOf(String type, String method) {
    return new Place(type, method, null);
  }

  Place within(String caller) {
    return new Place(type, method, caller);
  }

  /** Throws if the code has changed so that nobody can come here any more. */
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
