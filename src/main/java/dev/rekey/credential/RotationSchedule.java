package dev.rekey.credential;

import dev.rekey.policy.NextRotation;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Tells when policies rotate credentials. */
public interface RotationSchedule {

  /** The names of the subjects that policies rotate. */
  Set<String> subjects();

  /** The next rotations of credentials of some of these subjects, by the ids of the credentials. */
  Map<UUID, NextRotation> of(Collection<String> subjects, Instant now);
}
