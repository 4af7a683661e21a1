package dev.rekey.platform.query;

/**
 * How many rows a search finds on all of its pages.
 *
 * @param exact false if there are at least so many
 */
public record Total(long count, boolean exact) {

  /** The total of matches that were counted up to the first beyond a bound. */
  static Total of(int counted, int bound) {
    return counted > bound ? new Total(bound, false) : new Total(counted, true);
  }
}
