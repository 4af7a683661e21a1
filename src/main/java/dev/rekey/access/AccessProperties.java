package dev.rekey.access;

import dev.rekey.access.issuer.Issuer;
import dev.rekey.access.issuer.IssuerProperties;
import dev.rekey.access.issuer.SubjectRule;
import dev.rekey.platform.settings.PropertyException;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The permissions of callers.
 *
 * @param teamClaim claim of the access token with the caller's teams; default {@code groups}
 * @param personClaim a claim that a token of the issuer in Spring Security's settings has only if a
 *     person got it, or {@code claim=value}; null: every caller is a program
 * @param issuers the trusted issuers, but the one that Spring Security's settings name; default
 *     none
 * @param keepIssuerKeys how long an issuer's last known keys are used if it does not respond;
 *     default 12 hours
 * @param grants the subjects of each team; default none, which denies everything
 * @param corsOrigins origins of dashboards in a browser; default none
 * @param mintsPerMinute how many credentials one principal may mint in a minute on one replica;
 *     default 600
 */
@Validated
@ConfigurationProperties("rekey.access")
record AccessProperties(
    @DefaultValue("groups") @NotBlank String teamClaim,
    @Nullable
        @Pattern(
            regexp = IssuerProperties.PERSON_CLAIM,
            message = IssuerProperties.PERSON_CLAIM_MESSAGE)
        String personClaim,
    @DefaultValue List<@Valid IssuerProperties> issuers,
    @DefaultValue("12h") @DurationMin(hours = 1) Duration keepIssuerKeys,
    @DefaultValue List<@Valid Grant> grants,
    @DefaultValue
        List<
                @Pattern(
                    regexp = "https?://[^/\\s*]+",
                    message = "has to be an origin, such as https://dashboard.example.com")
                String>
            corsOrigins,
    @DefaultValue("600") @Positive int mintsPerMinute) {

  private static final String ISSUERS = "rekey.access.issuers";

  // Everybody can get tokens from them, for any audience.
  static final Set<String> SHARED =
      Set.of("https://token.actions.githubusercontent.com", "https://gitlab.com");

  AccessProperties {
    refuseAmbiguous(issuers);
    for (int i = 0; i < issuers.size(); i++) {
      refuseUnrestricted(issuers.get(i), ISSUERS + "[" + i + "].subjects");
    }
    refuseUnlisted(grants, issuers);
  }

  /**
   * The permissions of one team.
   *
   * @param issuer the name of the issuer whose tokens name the team
   * @param subjects patterns of the subjects that it may read and change
   * @param allTeams whether it may read every subject and its history; for auditors
   */
  record Grant(
      @NotBlank(message = "the team of the grant, as in the team claim of its tokens") String team,
      @DefaultValue(Issuer.DEFAULT) String issuer,
      @DefaultValue List<SubjectPattern> subjects,
      @DefaultValue("false") boolean allTeams) {

    /** Identifies the team among those of all issuers, as {@link Caller#teams} does. */
    String qualifiedTeam() {
      return Issuer.team(issuer, team);
    }
  }

  /** The claims that name the teams in the tokens of an issuer. */
  List<String> teamClaims(String issuer) {
    return issuers.stream()
        .filter(one -> one.name().equals(issuer) && !one.teamClaims().isEmpty())
        .findFirst()
        .map(IssuerProperties::teamClaims)
        .orElse(List.of(teamClaim));
  }

  private static void refuseAmbiguous(List<IssuerProperties> issuers) {
    var names = new HashSet<String>();
    var uris = new HashSet<String>();
    for (int i = 0; i < issuers.size(); i++) {
      if (!names.add(issuers.get(i).name())) {
        throw new PropertyException(
            ISSUERS + "[" + i + "].name", "has to differ from the names of all other issuers");
      }
      if (!uris.add(issuers.get(i).issuerUri())) {
        throw new PropertyException(
            ISSUERS + "[" + i + "].issuer-uri", "has to differ from those of all other issuers");
      }
    }
  }

  private static void refuseUnrestricted(IssuerProperties issuer, String property) {
    boolean isRestricted =
        !issuer.subjects().isEmpty()
            && issuer.subjects().stream().allMatch(SubjectRule::namesAnOwner);
    if (SHARED.contains(issuer.issuerUri()) && !isRestricted) {
      throw new PropertyException(
          property,
          "has to name your organization, because everybody can get tokens from this issuer: such"
              + " as repo:acme/* or project_path:acme/*");
    }
  }

  private static void refuseUnlisted(List<Grant> grants, List<IssuerProperties> issuers) {
    Set<String> names =
        issuers.stream().map(IssuerProperties::name).collect(Collectors.toUnmodifiableSet());
    for (int i = 0; i < grants.size(); i++) {
      String issuer = grants.get(i).issuer();
      if (!issuer.equals(Issuer.DEFAULT) && !names.contains(issuer)) {
        throw new PropertyException(
            "rekey.access.grants[" + i + "].issuer",
            "has to be the name of one of " + ISSUERS + ", or nothing for the default issuer");
      }
      // The binder checks later that there is a team.
      String team = String.valueOf(grants.get(i).team()).replaceFirst("^/", "");
      if (issuer.equals(Issuer.DEFAULT)
          && names.stream().anyMatch(name -> team.startsWith(name + ":"))) {
        throw new PropertyException(
            "rekey.access.grants[" + i + "].team",
            "begins like the teams of a listed issuer: set the grant's issuer, and its team"
                + " without this prefix");
      }
    }
  }
}
