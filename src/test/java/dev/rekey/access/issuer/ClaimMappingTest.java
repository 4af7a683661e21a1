package dev.rekey.access.issuer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.security.oauth2.jwt.Jwt;

/** How clients, scopes and teams are read from claims of different shapes. */
class ClaimMappingTest {

  @Test
  void clientIdIsTheFirstOfTheVendorsClaims() {
    assertThat(client(Map.of("azp", "a", "cid", "b"))).isEqualTo("a");
    assertThat(client(Map.of("cid", "b", "appid", "c"))).isEqualTo("b");
    assertThat(client(Map.of("appid", "c", "client_id", "d"))).isEqualTo("c");
    assertThat(client(Map.of("client_id", "d"))).isEqualTo("d");
    assertThat(client(Map.of("azp", List.of("a"), "client_id", "d"))).isEqualTo("d");
    assertThat(client(Map.of("azp", " ", "cid", "line\nbreak"))).isNull();
  }

  private static @Nullable String client(Map<String, Object> claims) {
    return mapping("groups").clientId(token(claims));
  }

  @Test
  void scopesAreReadFromBothClaimsAsListOrText() {
    assertThat(scopes(Map.of("scope", "one two"))).containsExactly("one", "two");
    assertThat(scopes(Map.of("scp", List.of("one", "two")))).containsExactly("one", "two");
    assertThat(scopes(Map.of("scp", "one two", "scope", List.of("three"))))
        .containsExactlyInAnyOrder("one", "two", "three");
    assertThat(scopes(Map.of("scope", 5, "scp", List.of(5, " ")))).isEmpty();
  }

  private static Iterable<String> scopes(Map<String, Object> claims) {
    return mapping("groups").scopes(token(claims));
  }

  @Test
  void teamsAreATextOrAList() {
    assertThat(teams("groups", Map.of("groups", "payments"))).containsExactly("payments");
    assertThat(teams("groups", Map.of("groups", List.of("payments", "search", "payments"))))
        .containsExactly("payments", "search");
    assertThat(teams("groups", Map.of("groups", List.of(5, " ", "line\nbreak")))).isEmpty();
    assertThat(teams("groups", Map.of("roles", "payments"))).isEmpty();
  }

  @Test
  void teamsCanBeInNestedClaims() {
    Map<String, Object> keycloak =
        Map.of(
            "realm_access", Map.of("roles", List.of("payments")),
            "resource_access", Map.of("rekey", Map.of("roles", List.of("search"))));

    assertThat(teams("realm_access.roles", keycloak)).containsExactly("payments");
    assertThat(teams("resource_access.rekey.roles", keycloak)).containsExactly("search");
    assertThat(teams("realm_access", keycloak)).isEmpty();
    assertThat(teams("realm_access.groups", keycloak)).isEmpty();
    assertThat(teams("realm_access.roles.name", keycloak)).isEmpty();
  }

  @Test
  void namesOfClaimsMayContainDots() {
    assertThat(
            teams(
                "kubernetes.io.namespace",
                Map.of("kubernetes.io", Map.of("namespace", "payments"))))
        .containsExactly("payments");
    assertThat(
            teams(
                "https://rekey.example.com/teams",
                Map.of("https://rekey.example.com/teams", List.of("payments"))))
        .containsExactly("payments");
  }

  @Test
  void teamsCanBeObjects() {
    assertThat(
            teams(
                "groups",
                Map.of(
                    "groups",
                    List.of(Map.of("id", "7", "name", "payments"), Map.of("id", "search")))))
        .containsExactly("payments", "search");
    assertThat(teams("groups.display", Map.of("groups", List.of(Map.of("display", "payments")))))
        .containsExactly("payments");
    assertThat(teams("roles", Map.of("roles", Map.of("payments", Map.of("org", "acme")))))
        .containsExactly("payments");
  }

  @Test
  void teamsCanBePaths() {
    assertThat(teams("groups", Map.of("groups", List.of("/payments", "/shop/payments"))))
        .containsExactly("payments", "shop/payments");
    assertThat(Issuer.team("default", "/payments")).isEqualTo("payments");
    assertThat(Issuer.team("sso", "/payments")).isEqualTo("sso:payments");
  }

  @Test
  void callerIsAPersonIfTheClaimSaysSo() {
    assertThat(isPerson("idtyp=user", Map.of("idtyp", "user"))).isTrue();
    assertThat(isPerson("idtyp=user", Map.of("idtyp", "app"))).isFalse();
    assertThat(isPerson("idtyp=user", Map.of())).isFalse();
    assertThat(isPerson("amr=mfa", Map.of("amr", List.of("pwd", "mfa")))).isTrue();
    assertThat(isPerson("profile.email", Map.of("profile", Map.of("email", "a@b.example"))))
        .isTrue();
    assertThat(isPerson("email", Map.of("profile", "a"))).isFalse();
    assertThat(isPerson("verified=true", Map.of("verified", true))).isTrue();
    assertThat(mapping("groups").isPerson(token(Map.of("email", "a@b.example")))).isFalse();
  }

  private static boolean isPerson(String claim, Map<String, Object> claims) {
    List<String> none = List.of();
    return new ClaimMapping("sub", none, none, none, none, none, claim).isPerson(token(claims));
  }

  private static List<String> teams(String claim, Map<String, Object> claims) {
    return mapping(claim).teams(token(claims));
  }

  private static ClaimMapping mapping(String teamClaim) {
    return ClaimMapping.of(IssuerProperties.of("https://a.example", List.of("rekey")), teamClaim);
  }

  private static Jwt token(Map<String, Object> claims) {
    return Jwt.withTokenValue("token")
        .header("alg", "RS256")
        .subject("somebody")
        .claims(all -> all.putAll(claims))
        .build();
  }
}
