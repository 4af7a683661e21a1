package dev.rekey.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rekey.access.AccessProperties.Grant;
import dev.rekey.platform.RequestInfo;
import dev.rekey.platform.problem.ProblemException;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.UpstreamName;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AccessTest {

  private static final Subject OKTA =
      new Subject(new UpstreamName("conductorone"), "apps/crm/connectors/okta");
  private static final Subject CHECKOUT =
      new Subject(new UpstreamName("keycard"), "organizations/acme/service-accounts/checkout");

  private final List<String> denials = new ArrayList<>();
  private final AccessProperties properties =
      new AccessProperties(
          "groups",
          List.of(
              new Grant("crm", List.of(new SubjectPattern("apps/crm/connectors/*")), false),
              new Grant("auditors", List.of(), true)),
          List.of(),
          1);
  private final Access access =
      new Access(
          properties,
          new MintRate(properties),
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

    isRefused(ProblemType.NO_GRANT, () -> access.toMint(caller, CHECKOUT));
    access.toMint(caller, OKTA);
    isRefused(ProblemType.RATE_LIMITED, () -> access.toMint(caller, OKTA));
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

  private boolean visibleTo(List<String> teams, String scope) {
    return access.visibleTo(caller(teams, scope)).includes(CHECKOUT.name());
  }

  private static Caller caller(List<String> teams, String... scopes) {
    return new Caller(
        "ci", null, teams, Set.of(scopes), new RequestInfo("r", null, "127.0.0.1", null), "GET");
  }

  private static void isRefused(ProblemType type, Runnable call) {
    assertThat(catchThrowableOfType(ProblemException.class, call::run).type()).isEqualTo(type);
  }
}
