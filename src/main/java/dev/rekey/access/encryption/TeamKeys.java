package dev.rekey.access.encryption;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.SecurityContext;
import dev.rekey.access.encryption.Recipient.UnusableKeyException;
import dev.rekey.platform.problem.ProblemException;
import dev.rekey.platform.problem.ProblemType;
import java.util.List;

/**
 * The keys of one team.
 *
 * @param isRequired whether the team gets secrets only encrypted
 */
record TeamKeys(String team, boolean isRequired, JWKSource<SecurityContext> source) {

  /** Throws a problem if the team has no usable key with this id, or if that is not known now. */
  Recipient find(String kid) {
    List<JWK> found = select(kid);
    if (found.isEmpty()) {
      throw unknown("The team " + team + " has no such key.");
    }
    try {
      return Recipient.of(found.getFirst());
    } catch (UnusableKeyException e) {
      throw unknown("The key " + e.getMessage() + ".");
    }
  }

  private List<JWK> select(String kid) {
    try {
      return source.get(new JWKSelector(new JWKMatcher.Builder().keyID(kid).build()), null);
    } catch (RateLimitReachedException _) {
      // The keys were fetched a moment ago, without this one, or could not be.
      if (isAnyKnown()) {
        return List.of();
      }
      throw unavailable();
    } catch (KeySourceException _) {
      throw unavailable();
    }
  }

  private boolean isAnyKnown() {
    try {
      return !source.get(new JWKSelector(new JWKMatcher.Builder().build()), null).isEmpty();
    } catch (KeySourceException _) {
      return false;
    }
  }

  private ProblemException unavailable() {
    return ProblemType.ENCRYPTION_KEYS_UNAVAILABLE.with(
        "The keys of the team " + team + " cannot be fetched. Nothing was minted.");
  }

  static ProblemException unknown(String why) {
    return ProblemType.UNKNOWN_ENCRYPTION_KEY.with(
        why
            + " Send the kid of a registered key in "
            + ResponseEncryption.HEADER
            + ". Nothing was minted.");
  }
}
