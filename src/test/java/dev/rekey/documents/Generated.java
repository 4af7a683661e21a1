package dev.rekey.documents;

import java.util.Map;

/** The result of one call of a generator of External Secrets Operator. */
sealed interface Generated {

  /** The keys and values for the Secret. */
  record Values(Map<String, String> byKey) implements Generated {}

  /** The service responded with 404. */
  record Gone() implements Generated {}

  /** The generator has no values. */
  record Failed(String error) implements Generated {}
}
