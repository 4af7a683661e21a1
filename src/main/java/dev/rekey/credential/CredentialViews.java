package dev.rekey.credential;

import dev.rekey.upstream.Subject;
import dev.rekey.upstream.Upstreams;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Adds to credentials of the inventory what is known of their subjects. */
@Component
class CredentialViews {

  private final Observations observations;
  private final Upstreams upstreams;

  CredentialViews(Observations observations, Upstreams upstreams) {
    this.observations = observations;
    this.upstreams = upstreams;
  }

  /** Returns the views of credentials, in the same order. */
  List<CredentialView> of(List<Credential> credentials) {
    Map<Subject, Instant> scans = observations.lastScans(credentials);
    return credentials.stream()
        .map(
            known ->
                CredentialView.of(known, scans.get(known.subject()), known.isOwnLogin(upstreams)))
        .toList();
  }
}
