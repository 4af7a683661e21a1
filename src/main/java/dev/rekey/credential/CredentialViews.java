package dev.rekey.credential;

import dev.rekey.access.Owners;
import dev.rekey.policy.NextRotation;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.Upstreams;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Adds to credentials of the inventory what is known of their subjects. */
@Component
class CredentialViews {

  private final Observations observations;
  private final Upstreams upstreams;
  private final NextRotations rotations;
  private final Owners owners;
  private final Clock clock;

  CredentialViews(
      Observations observations,
      Upstreams upstreams,
      NextRotations rotations,
      Owners owners,
      Clock clock) {
    this.observations = observations;
    this.upstreams = upstreams;
    this.rotations = rotations;
    this.owners = owners;
    this.clock = clock;
  }

  /** Returns the views of credentials at a time, in the same order. */
  List<CredentialView> of(List<Credential> credentials, Instant now) {
    Map<Subject, Instant> scans = observations.lastScans(credentials);
    Map<UUID, NextRotation> next = rotations.of(credentials, now);
    return credentials.stream()
        .map(
            known ->
                CredentialView.of(
                    known,
                    scans.get(known.subject()),
                    known.isOwnLogin(upstreams),
                    rotations.policy(known).name(),
                    rotations.of(known, next).orElse(null),
                    owners.owner(known.subject()).orElse(null)))
        .toList();
  }

  /** Returns the view of one credential. */
  CredentialView of(Credential credential) {
    return of(List.of(credential), clock.instant()).getFirst();
  }
}
