package sandbox.kubernetes;

import java.util.List;
import org.springframework.stereotype.Component;
import sandbox.wire.Call;
import sandbox.wire.SecretText;

/** Authenticates the only service account and applies its rules. */
@Component
public final class Access {
  /** The bearer token of the service account. */
  public static final String TOKEN = "sandbox-kubernetes-token";

  /** The service account's name in messages. */
  static final String USER = "system:serviceaccount:rekey:rekey";

  private static final SecretText SECRET = new SecretText(TOKEN);

  private volatile List<Rule> rules = Seed.RULES;

  /** Throws a refusal unless the caller may do this. */
  void require(Call call, Attributes wanted) {
    boolean isKnown =
        call.header("Authorization")
            .filter(header -> header.regionMatches(true, 0, "Bearer ", 0, 7))
            .filter(header -> SECRET.matches(header.substring(7).strip()))
            .isPresent();
    if (!isKnown) {
      throw Failures.unauthorized();
    }
    if (!wanted.isOfResource() || rules.stream().noneMatch(rule -> rule.allows(wanted))) {
      throw Failures.forbidden(wanted, USER);
    }
  }

  public List<Rule> rules() {
    return rules;
  }

  public void replaceRules(List<Rule> replacement) {
    rules = List.copyOf(replacement);
  }

  void reset() {
    rules = Seed.RULES;
  }
}
