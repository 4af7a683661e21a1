package dev.rekey.credential;

import java.util.List;

/**
 * The numbers of credentials in the inventory. The last three count ACTIVE and RETIRING credentials
 * only.
 *
 * @param expiringWithin7Days by the upstream's expiry or by policy
 * @param unusedFor90Days last used before then or, if never used, created before then
 */
public record CredentialCounts(
    long total,
    List<OfStatus> byStatus,
    long expiringWithin7Days,
    long expiringWithin30Days,
    long unusedFor90Days) {

  /** The number of credentials in a status. */
  public record OfStatus(CredentialStatus status, long credentials) {}
}
