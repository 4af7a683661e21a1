package dev.rekey.access.encryption;

import dev.rekey.access.issuer.Issuer;
import dev.rekey.platform.settings.PropertyException;
import dev.rekey.platform.settings.SecureUrl;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.StringUtils;
import org.springframework.validation.annotation.Validated;

/**
 * The keys for which secrets in responses can be encrypted.
 *
 * @param teams the teams with keys; default none
 */
@Validated
@ConfigurationProperties("rekey.encryption")
record EncryptionProperties(@DefaultValue List<@Valid Team> teams) {

  private static final String TEAMS = "rekey.encryption.teams";

  EncryptionProperties {
    var names = new HashSet<String>();
    for (int i = 0; i < teams.size(); i++) {
      Team team = teams.get(i);
      refuseUnusable(team, property(i));
      // The binder checks later that there is a name.
      if (team.team() != null && !names.add(team.qualifiedTeam())) {
        throw new PropertyException(property(i) + "team", "has to differ from all other teams");
      }
    }
  }

  static String property(int team) {
    return TEAMS + "[" + team + "].";
  }

  private static void refuseUnusable(Team team, String property) {
    boolean hasKeys = StringUtils.hasText(team.keys());
    boolean hasUri = StringUtils.hasText(team.jwkSetUri());
    if (hasKeys == hasUri) {
      throw new PropertyException(
          property + "keys",
          "or " + PropertyException.names(property + "jwk-set-uri") + " is required, not both");
    }
    if (hasUri && SecureUrl.httpsOrLocal(String.valueOf(team.jwkSetUri())) == null) {
      throw new PropertyException(property + "jwk-set-uri", "has to be an https URL");
    }
  }

  /**
   * The keys of one team: either given, or fetched from a URL.
   *
   * @param team the team, as in its grants
   * @param issuer the name of the issuer whose tokens name the team
   * @param required whether the team gets secrets only encrypted
   * @param keys a JWK or a JWK set, as JSON, with public keys only
   * @param jwkSetUri the URL of a JWK set
   */
  record Team(
      @NotBlank(message = "the team, as in its grants") String team,
      @DefaultValue(Issuer.DEFAULT) String issuer,
      @DefaultValue("false") boolean required,
      @Nullable String keys,
      @Nullable String jwkSetUri) {

    /** Identifies the team among those of all issuers. */
    String qualifiedTeam() {
      return Issuer.team(issuer, team);
    }
  }
}
