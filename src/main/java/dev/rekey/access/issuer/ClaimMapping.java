package dev.rekey.access.issuer;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimNames;

/** Which claims of an issuer's tokens say who calls, for which teams, with which scopes. */
record ClaimMapping(
    String subjectClaim,
    List<String> teamClaims,
    List<String> teams,
    List<String> scopeClaims,
    List<String> scopes,
    List<String> clientIdClaims,
    @Nullable String personClaim) {

  static ClaimMapping of(IssuerProperties issuer, String defaultTeamClaim) {
    return new ClaimMapping(
        JwtClaimNames.SUB,
        issuer.teamClaims().isEmpty() ? List.of(defaultTeamClaim) : issuer.teamClaims(),
        issuer.teams(),
        issuer.scopeClaims(),
        issuer.scopes(),
        issuer.clientIdClaims(),
        issuer.personClaim());
  }

  ClaimMapping withSubjectClaim(String claim) {
    return new ClaimMapping(
        claim, teamClaims, teams, scopeClaims, scopes, clientIdClaims, personClaim);
  }

  /** Null if the claim is missing or no text. */
  @Nullable String subject(Jwt token) {
    return token.getClaims().get(subjectClaim) instanceof String text ? text : null;
  }

  /** The teams in the token's order, without the slash in front of a path, then the fixed ones. */
  List<String> teams(Jwt token) {
    return Stream.concat(names(token, teamClaims), teams.stream())
        .map(ClaimMapping::withoutSlash)
        .filter(team -> !team.isBlank() && team.chars().noneMatch(Character::isISOControl))
        .distinct()
        .toList();
  }

  /** Keycloak writes the path of a group: {@code /payments} or {@code /shop/payments}. */
  static String withoutSlash(String team) {
    return team.startsWith("/") ? team.substring(1) : team;
  }

  /** The scopes of all claims, each a list or a text with spaces, and the fixed ones. */
  Set<String> scopes(Jwt token) {
    var all = new LinkedHashSet<>(scopes);
    scopeClaims.stream()
        .flatMap(claim -> ClaimPath.values(token.getClaims(), claim))
        .flatMap(value -> value instanceof Collection<?> list ? list.stream() : Stream.of(value))
        .filter(String.class::isInstance)
        .flatMap(text -> Stream.of(((String) text).split("\\s+", -1)))
        .filter(scope -> !scope.isEmpty())
        .forEach(all::add);
    return all;
  }

  /** Null if no claim names the client. */
  @Nullable String clientId(Jwt token) {
    return clientIdClaims.stream()
        .flatMap(claim -> ClaimPath.values(token.getClaims(), claim).limit(1))
        .filter(String.class::isInstance)
        .map(String.class::cast)
        .filter(id -> !id.isBlank() && id.chars().noneMatch(Character::isISOControl))
        .findFirst()
        .orElse(null);
  }

  /** Whether the token has the claim of persons, and its value if the setting names one. */
  boolean isPerson(Jwt token) {
    if (personClaim == null) {
      return false;
    }
    int equals = personClaim.indexOf('=');
    return equals < 0
        ? ClaimPath.values(token.getClaims(), personClaim).findAny().isPresent()
        : ClaimPath.values(token.getClaims(), personClaim.substring(0, equals))
            .flatMap(
                value -> value instanceof Collection<?> list ? list.stream() : Stream.of(value))
            .map(String::valueOf)
            .anyMatch(personClaim.substring(equals + 1)::equals);
  }

  /**
   * The claim of teams that the issuer left out of the token because the caller has too many: Entra
   * ID's group overage, and distributed claims in general.
   */
  Optional<String> omittedTeams(Jwt token) {
    Map<String, Object> claims = token.getClaims();
    return teamClaims.stream()
        .filter(claim -> !claims.containsKey(claim))
        .filter(
            claim ->
                (claims.get("_claim_names") instanceof Map<?, ?> elsewhere
                        && elsewhere.containsKey(claim))
                    || (claim.equals("groups")
                        && "true".equals(String.valueOf(claims.get("hasgroups")))))
        .findFirst();
  }

  private static Stream<String> names(Jwt token, List<String> claims) {
    return claims.stream()
        .flatMap(claim -> ClaimPath.values(token.getClaims(), claim))
        .flatMap(ClaimPath::names);
  }
}
