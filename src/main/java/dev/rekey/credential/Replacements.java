package dev.rekey.credential;

import dev.rekey.upstream.Subject;
import java.util.Set;
import java.util.UUID;

/**
 * Knows by which rotations a credential was to be replaced, whether or not it was. The inventory
 * asks; who rotates answers.
 */
public interface Replacements {

  /** The rotations that wanted another credential in the place of this one of the subject. */
  Set<UUID> of(Subject subject, UUID credential);
}
