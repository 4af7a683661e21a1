package dev.rekey.platform;

import java.util.Arrays;
import java.util.List;

/**
 * The values of a query parameter that may be given several times, as they were sent. A value may
 * contain commas.
 */
public record Values(List<String> sent) {

  public static Values of(String... sent) {
    return new Values(List.of(sent));
  }

  /** Each different value, with a comma as another separator. */
  public List<String> split() {
    return sent.stream()
        .flatMap(text -> Arrays.stream(text.split(",", -1)))
        .map(String::strip)
        .distinct()
        .toList();
  }

  @Override
  public String toString() {
    return String.join(",", sent);
  }
}
