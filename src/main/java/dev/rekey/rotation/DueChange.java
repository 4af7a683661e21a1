package dev.rekey.rotation;

import dev.rekey.upstream.CredentialNaming;
import dev.rekey.upstream.Subject;
import java.time.Instant;

/**
 * A claimed change whose outcome is to be found out by reading the credential.
 *
 * @param epoch a conclusion counts only while the change has this epoch
 * @param checks the number of checks, including this one
 */
record DueChange(OpenChange change, Instant leaseUntil, int epoch, int checks) {

  CredentialNaming requested() {
    return change.update();
  }

  Subject subject() {
    return change.by().subject();
  }

  DueChange claimed() {
    return new DueChange(change, leaseUntil, epoch + 1, checks + 1);
  }
}
