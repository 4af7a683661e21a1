package dev.rekey.credential;

import dev.rekey.credential.CredentialCounts.OfStatus;

/**
 * The numbers of credentials that one team was granted. All count ACTIVE and RETIRING credentials
 * only.
 */
record TeamCounts(
    String team,
    long credentials,
    long overdue,
    long expiringWithin7Days,
    long expiringWithin30Days,
    long unusedFor90Days) {

  static TeamCounts of(String team, CredentialCounts counts) {
    return new TeamCounts(
        team,
        counts.byStatus().stream()
            .filter(each -> each.status().isLive())
            .mapToLong(OfStatus::credentials)
            .sum(),
        counts.overdue(),
        counts.expiringWithin7Days(),
        counts.expiringWithin30Days(),
        counts.unusedFor90Days());
  }
}
