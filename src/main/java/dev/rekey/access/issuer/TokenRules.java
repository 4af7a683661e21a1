package dev.rekey.access.issuer;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.util.CollectionUtils;
import org.springframework.util.StringUtils;

/**
 * The rules for an issuer's tokens, other than the signature.
 *
 * @param reserved the names of other issuers, if this one's callers have no prefix: with one, a
 *     {@code sub} could be taken for a caller of another issuer
 */
record TokenRules(
    List<String> audiences,
    List<SubjectRule> subjects,
    ClaimMapping claims,
    Set<String> reserved,
    Clock clock) {

  private static final Duration CLOCK_SKEW = Duration.ofSeconds(60);

  /** Throws a {@link RefusedToken} that names every fault. */
  void check(Jwt token) {
    var faults = new ArrayList<String>();
    addTimeFaults(token, faults);
    addAudienceFaults(token, faults);
    addSubjectFaults(token, faults);
    claims.omittedTeams(token).ifPresent(claim -> faults.add(omitted(claim)));
    if (!faults.isEmpty()) {
      throw new RefusedToken(String.join(" ", faults));
    }
  }

  private void addTimeFaults(Jwt token, List<String> faults) {
    Instant now = clock.instant();
    Instant expiry = token.getExpiresAt();
    if (expiry == null) {
      faults.add("The access token has no exp.");
    } else if (now.minus(CLOCK_SKEW).isAfter(expiry)) {
      faults.add("The access token has expired.");
    }
    Instant start = token.getNotBefore();
    if (start != null && now.plus(CLOCK_SKEW).isBefore(start)) {
      faults.add("The access token is not valid yet.");
    }
  }

  private void addAudienceFaults(Jwt token, List<String> faults) {
    List<String> given = token.getAudience();
    if (CollectionUtils.isEmpty(given)) {
      faults.add("The access token has no aud: it has to contain " + audience() + ".");
    } else if (given.stream().noneMatch(audiences::contains)) {
      faults.add(
          "The access token is for another audience: its aud does not contain " + audience() + ".");
    }
  }

  private String audience() {
    return String.join(" or ", audiences);
  }

  private void addSubjectFaults(Jwt token, List<String> faults) {
    String subject = claims.subject(token);
    if (!StringUtils.hasText(subject)) {
      faults.add("The access token has no " + claims.subjectClaim() + ".");
    } else if (!isAcceptable(subject)) {
      faults.add(
          "Rekey does not accept the %s of this access token from its issuer."
              .formatted(claims.subjectClaim()));
    }
  }

  // The history records it.
  private boolean isAcceptable(String subject) {
    return subject.chars().noneMatch(Character::isISOControl)
        && !isReserved(subject)
        && (subjects.isEmpty() || subjects.stream().anyMatch(rule -> rule.matches(subject)));
  }

  /** Whether the text could be taken for that of another issuer, which has its name in front. */
  boolean isReserved(@Nullable String text) {
    return text != null && reserved.stream().anyMatch(name -> text.startsWith(name + ":"));
  }

  private static String omitted(String claim) {
    return "The access token does not contain "
        + claim
        + ", because the caller is in more groups than its issuer writes into a token (_claim_names"
        + " or hasgroups). Let the issuer write only the groups that are assigned to the"
        + " application, or app roles.";
  }
}
