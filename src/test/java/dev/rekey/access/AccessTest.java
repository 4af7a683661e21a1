package dev.rekey.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rekey.access.AccessProperties.Grant;
import dev.rekey.access.issuer.Issuer;
import dev.rekey.access.issuer.IssuerProperties;
import dev.rekey.platform.RequestInfo;
import dev.rekey.platform.problem.ProblemException;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.upstream.Subject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AccessTest {

  private static final Subject OKTA = Subject.of("conductorone", "apps/crm/connectors/okta");
  private static final Subject CHECKOUT =
      Subject.of("keycard", "organizations/acme/service-accounts/checkout");

  private final List<String> denials = new ArrayList<>();
  private final AccessProperties properties =
      new AccessProperties(
          "groups",
          null,
          List.of(issuer("github", "repository"), issuer("gitlab")),
          Duration.ofHours(1),
          List.of(
              new Grant(
                  "crm",
                  Issuer.DEFAULT,
                  List.of(new SubjectPattern("apps/crm/connectors/*")),
                  false),
              new Grant(
                  "/acme/crm",
                  "github",
                  List.of(new SubjectPattern("apps/*/connectors/okta")),
                  false),
              new Grant("auditors", Issuer.DEFAULT, List.of(), true)),
          List.of(),
          1);
  private final Access access =
      new Access(
          properties,
          new MintRate(properties),
          (_, _) -> {},
          (_, subject, reason) -> denials.add(subject + ": " + reason));

  @Test
  void grantOfOneTeamCoversItsSubjectsOnly() {
    Caller caller = caller(List.of("other", "crm"), RouteScope.WRITE_CREDENTIALS);

    assertThat(access.toChange(caller, OKTA).team()).isEqualTo("crm");
    isRefused(ProblemType.NO_GRANT, () -> access.toChange(caller, CHECKOUT));
    isRefused(ProblemType.NO_GRANT, () -> access.toRead(caller, CHECKOUT));
    assertThat(denials)
        .containsExactly(
            CHECKOUT + ": no grant covers " + CHECKOUT, CHECKOUT + ": no grant covers " + CHECKOUT);
  }

  @Test
  void grantAppliesToTheTeamsOfItsIssuerOnly() {
    Caller job = callerOf("github", "github:acme/crm");

    assertThat(access.toChange(job, OKTA).team()).isEqualTo("github:acme/crm");
    assertThat(access.grantedTo("github:acme/crm").includes(OKTA.name())).isTrue();
    assertThat(access.grantedTo("acme/crm").includes(OKTA.name())).isFalse();
    isRefused(
        ProblemType.NO_GRANT, () -> access.toChange(callerOf("gitlab", "gitlab:acme/crm"), OKTA));
    isRefused(ProblemType.NO_GRANT, () -> access.toChange(callerOf("gitlab", "gitlab:crm"), OKTA));
    isRefused(
        ProblemType.NO_GRANT, () -> access.toChange(callerOf(Issuer.DEFAULT, "acme/crm"), OKTA));
  }

  @Test
  void callerWithoutTeamsGetsTheNameOfTheClaim() {
    assertThat(detail(callerOf(Issuer.DEFAULT)))
        .startsWith("Your access token names no team in groups, so no grant covers ");
    assertThat(detail(callerOf("github"))).contains(" no team in repository, ");
    assertThat(detail(callerOf("gitlab"))).contains(" no team in groups, ");
  }

  private @Nullable String detail(Caller caller) {
    return catchThrowableOfType(ProblemException.class, () -> access.toChange(caller, OKTA))
        .getBody()
        .getDetail();
  }

  private static Caller callerOf(String issuer, String... teams) {
    var request = new RequestInfo("r", null, "127.0.0.1", null);
    return new Caller(
        "ci", issuer, Caller.Kind.PROGRAM, null, List.of(teams), Set.of(), request, "GET");
  }

  @Test
  void callerWithoutTeamsReachesNothing() {
    Caller caller = caller(List.of(), RouteScope.READ_CREDENTIALS, RouteScope.WRITE_CREDENTIALS);

    isRefused(ProblemType.NO_GRANT, () -> access.toChange(caller, OKTA));
    assertThat(access.visibleTo(caller).includes(OKTA.name())).isFalse();
    assertThat(access.ifVisible(caller, OKTA, "it")).isEmpty();
    assertThat(access.ifVisible(caller, null, "it")).isEmpty();
    assertThat(denials).hasSize(3);
  }

  @Test
  void refusedMintIsNotCounted() {
    Caller caller = caller(List.of("crm"), RouteScope.WRITE_CREDENTIALS);

    isRefused(ProblemType.NO_GRANT, () -> access.toMint(caller, CHECKOUT, true));
    access.toMint(caller, OKTA, true);
    isRefused(ProblemType.RATE_LIMITED, () -> access.toMint(caller, OKTA, true));
  }

  @Test
  void auditorNeedsBothScopeAndGrantToSeeEveryTeam() {
    assertThat(visibleTo(List.of("auditors"), RouteScope.READ_AUDIT)).isTrue();
    assertThat(visibleTo(List.of("auditors"), RouteScope.READ_CREDENTIALS)).isFalse();
    assertThat(visibleTo(List.of("crm"), RouteScope.READ_AUDIT)).isFalse();
    assertThat(visibleTo(List.of(), RouteScope.ADMIN)).isTrue();
  }

  @Test
  void adminMayResolveButNotChange() {
    Caller admin = caller(List.of(), RouteScope.ADMIN);

    assertThat(access.toAdminister(admin, OKTA).subject()).isEqualTo(OKTA);
    isRefused(ProblemType.NO_GRANT, () -> access.toChange(admin, OKTA));
    isRefused(
        ProblemType.INSUFFICIENT_SCOPE,
        () -> access.toAdminister(caller(List.of("crm"), RouteScope.WRITE_CREDENTIALS), OKTA));
  }

  @Test
  void subjectsOfATeamDoNotDependOnTheCaller() {
    assertThat(access.grantedTo("crm").includes(OKTA.name())).isTrue();
    assertThat(access.grantedTo("auditors").includes(OKTA.name())).isFalse();
    assertThat(access.grantedTo("unknown").prefixes()).isEmpty();
  }

  private static IssuerProperties issuer(String name, String... teamClaims) {
    IssuerProperties defaults =
        IssuerProperties.of("https://" + name + ".example.com", List.of("rekey"));
    return new IssuerProperties(
        name,
        defaults.issuerUri(),
        null,
        defaults.audiences(),
        List.of(),
        List.of(),
        List.of(teamClaims),
        List.of(),
        defaults.scopeClaims(),
        List.of(),
        defaults.clientIdClaims(),
        null);
  }

  private boolean visibleTo(List<String> teams, String scope) {
    return access.visibleTo(caller(teams, scope)).includes(CHECKOUT.name());
  }

  private static Caller caller(List<String> teams, String... scopes) {
    return new Caller(
        "ci",
        Issuer.DEFAULT,
        Caller.Kind.PROGRAM,
        null,
        teams,
        Set.of(scopes),
        new RequestInfo("r", null, "127.0.0.1", null),
        "GET");
  }

  private static void isRefused(ProblemType type, Runnable call) {
    assertThat(catchThrowableOfType(ProblemException.class, call::run).type()).isEqualTo(type);
  }
}
