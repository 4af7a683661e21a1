package dev.rekey.rotation;

import dev.rekey.upstream.Subject;
import dev.rekey.upstream.UpstreamName;
import java.util.UUID;

/**
 * A committed mint attempt that may be sent once.
 *
 * @param epoch the attempt belongs to this replica as long as its row has the same epoch
 */
record OpenAttempt(UUID id, UUID rotation, int epoch, RotationRequest request) {

  Subject subject() {
    return request.subject();
  }

  UpstreamName upstream() {
    return subject().upstream();
  }
}
