package dev.rekey.access;

import java.util.List;

/** Which subjects a caller may read. */
public sealed interface Visibility {

  /** Every subject. */
  record All() implements Visibility {}

  /** The subjects that match at least one pattern; none if there is no pattern. */
  record Only(List<SubjectPattern> patterns) implements Visibility {}
}
