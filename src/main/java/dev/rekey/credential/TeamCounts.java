package dev.rekey.credential;

/**
 * The numbers of credentials that one team was granted. All count ACTIVE and RETIRING credentials
 * only.
 *
 * @param credentials as {@code valid} in {@link CredentialCounts}
 */
public record TeamCounts(
    String team,
    long credentials,
    long overdue,
    long expiringWithin7Days,
    long expiringWithin30Days,
    long unusedFor90Days) {

  static TeamCounts of(String team, CredentialCounts counts) {
    return new TeamCounts(
        team,
        counts.valid(),
        counts.overdue(),
        counts.expiringWithin7Days(),
        counts.expiringWithin30Days(),
        counts.unusedFor90Days());
  }
}
