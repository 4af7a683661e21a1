package dev.rekey.console;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.automation.Pause;
import dev.rekey.credential.CredentialOrigin;
import dev.rekey.credential.CredentialStatus;
import dev.rekey.credential.CredentialView;
import dev.rekey.policy.WaitsFor;
import dev.rekey.upstream.Subject;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.http.HttpMethod;

/**
 * The actions that a page offers for a credential. The API checks each of them again.
 *
 * @param rotates whether its subject can be rotated with a delivery
 * @param retires whether it can be deleted or revoked
 * @param pauses whether the rotations of its subject by policy can be paused
 * @param resumes whether they can be resumed
 */
record Offers(boolean rotates, boolean adopts, boolean retires, boolean pauses, boolean resumes) {

  /**
   * @param held the credential whose secret the target has, as far as is known
   */
  static Offers of(
      CredentialView credential,
      Subject subject,
      boolean hasTarget,
      Optional<UUID> held,
      List<Pause> pauses,
      Caller caller,
      Access access) {
    boolean mayChange =
        access.hasScopeFor(caller, HttpMethod.POST, "/api/v1/credentials")
            && access.mayChange(caller, subject);
    boolean administers = access.hasScopeFor(caller, HttpMethod.POST, "/api/v1/policies/pause");
    CredentialStatus status = credential.status();
    WaitsFor waitsFor = credential.rotationWaitsFor();
    boolean isGone = status == CredentialStatus.RETIRED || status == CredentialStatus.MISSING;
    return new Offers(
        mayChange && hasTarget && isReplaceable(credential, held),
        mayChange && !isGone && credential.origin() == CredentialOrigin.DISCOVERED,
        mayChange && !isGone,
        administers && waitsFor != null && waitsFor != WaitsFor.DELIVERY_TARGET,
        administers
            && (waitsFor == WaitsFor.AUTOMATION_HALTED
                || pauses.stream().anyMatch(pause -> subject.name().equals(pause.subject()))));
  }

  public boolean any() {
    return rotates || adopts || retires || pauses || resumes;
  }

  // A rotation at Keycard names the credential that it replaces. It has to be active, and the one
  // that the target has.
  private static boolean isReplaceable(CredentialView credential, Optional<UUID> held) {
    return credential.upstream().equals("keycard")
        ? credential.status() == CredentialStatus.ACTIVE
            && held.map(credential.id()::equals).orElse(true)
        : credential.status() != CredentialStatus.RETIRED && credential.replacedBy() == null;
  }
}
