package dev.rekey.credential;

import dev.rekey.upstream.Subject;
import java.util.Set;
import java.util.UUID;

/** Knows the rotations that were requested to replace a credential. */
public interface Replacements {

  /** Returns the ids of these rotations, whatever their outcome. */
  Set<UUID> rotationsReplacing(Subject subject, UUID credential);
}
