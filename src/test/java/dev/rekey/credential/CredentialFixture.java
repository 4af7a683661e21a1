package dev.rekey.credential;

import dev.rekey.platform.PathId;
import dev.rekey.policy.TestPolicies;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.UpstreamCredential;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Valid objects for the unit tests of this package. */
final class CredentialFixture {

  static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
  static final Instant CREATED = Instant.parse("2026-01-01T00:00:00Z");
  static final UUID SUCCESSOR = UUID.randomUUID();
  static final ExpiryPolicy POLICY = policy(Duration.ofDays(365));
  static final ExpiryThresholds THRESHOLDS = new ExpiryThresholds(List.of(30, 14, 7, 1));
  static final ExpiryPolicy NO_MAX_AGE = policy(Duration.ZERO);

  private static final Subject SUBJECT =
      Subject.of("keycard", "organizations/acme/service-accounts/checkout");

  private CredentialFixture() {}

  /** A policy with the default thresholds 30, 14, 7 and 1. */
  static ExpiryPolicy policy(Duration maxAge) {
    return new ExpiryPolicy(
        new ExpiryProperties(maxAge, List.of(), Duration.ofSeconds(30)), TestPolicies.none());
  }

  /** An active credential that was seen now. */
  static Credential aCredential() {
    var credential = new Credential(UUID.randomUUID(), SUBJECT, PathId.of("c1"), CREATED);
    credential.observe(seen(), NOW, POLICY);
    return credential;
  }

  /** A credential in a status, seen now. */
  static Credential aCredential(CredentialStatus status) {
    Credential credential = aCredential();
    switch (status) {
      case ACTIVE -> {}
      case RETIRING -> credential.markRetiring(SUCCESSOR);
      case RETIRED -> credential.markRetired(NOW);
      case EXPIRED -> {
        credential.observe(expiring(NOW.minusSeconds(1)), NOW, POLICY);
        credential.notifyExpiry(POLICY, NOW);
      }
      case MISSING -> credential.markMissing(null, NOW);
    }
    return credential;
  }

  static UpstreamCredential seen() {
    return seen("name", null, null, null);
  }

  static UpstreamCredential named(@Nullable String name) {
    return seen(name, null, null, null);
  }

  static UpstreamCredential expiring(@Nullable Instant expiresAt) {
    return seen("name", expiresAt, null, null);
  }

  static UpstreamCredential used(Instant lastUsedAt) {
    return seen("name", null, lastUsedAt, null);
  }

  static UpstreamCredential deleted(Instant deletedAt) {
    return seen("name", null, null, deletedAt);
  }

  private static UpstreamCredential seen(
      @Nullable String name,
      @Nullable Instant expiresAt,
      @Nullable Instant lastUsedAt,
      @Nullable Instant deletedAt) {
    return new UpstreamCredential(
        PathId.of("c1"),
        "client",
        name,
        "text",
        CREATED,
        CREATED,
        expiresAt,
        lastUsedAt,
        deletedAt,
        null,
        null);
  }
}
