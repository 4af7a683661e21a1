package dev.rekey.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekey.access.AccessProperties.Grant;
import dev.rekey.access.OwnerProperties.OwnerSettings;
import dev.rekey.access.issuer.Issuer;
import dev.rekey.platform.query.Conditions;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OwnersTest {

  private static final List<Grant> GRANTS =
      List.of(
          new Grant("auditors", Issuer.DEFAULT, List.of(), true),
          new Grant(
              "crm", Issuer.DEFAULT, List.of(new SubjectPattern("apps/crm/connectors/*")), false),
          new Grant(
              "all", Issuer.DEFAULT, List.of(new SubjectPattern("apps/*/connectors/*")), false));

  @Test
  void firstConfiguredOwnerThatMatchesOwnsTheSubject() {
    Owners owners =
        owners(owner("apps/crm/connectors/okta", "Identity"), owner("apps/*/connectors/*", "IT"));

    assertThat(owners.owner("apps/crm/connectors/okta"))
        .contains(new Owner("Identity", "#a", null));
    assertThat(owners.owner("apps/hr/connectors/okta")).contains(new Owner("IT", "#a", null));
  }

  @Test
  void firstGrantedTeamOwnsASubjectThatNoOwnerMatches() {
    Owners owners = owners(owner("apps/hr/connectors/workday", "HR"));

    assertThat(owners.owner("apps/crm/connectors/okta")).contains(new Owner("crm", null, null));
    assertThat(owners.owner("apps/hr/connectors/okta")).contains(new Owner("all", null, null));
    assertThat(owners.owner("organizations/acme/service-accounts/checkout")).isEmpty();
  }

  @Test
  void conditionsNameTheFirstMatch() {
    var where = new Conditions();
    owners(owner("apps/crm/connectors/okta", "Identity"))
        .addTo(where, "subject", List.of("crm", "Identity", "nobody"));

    assertThat(where.sql())
        .isEqualTo(
            "case when (subject like :owner0of0) then 0 when (subject like :owner1of0) then 1"
                + " when (subject like :owner2of0) then 2 else -1 end = any (:owners)");
    assertThat((Integer[]) where.params().get("owners")).containsExactly(0, 1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://wiki.example.com", "wiki", "javascript:alert(1)", "mailto:nobody", ""})
  void otherLinksAreRefusedWithTheirProperty(String link) {
    assertThatThrownBy(
            () ->
                Owners.requireLinks(
                    List.of(owner("IT", "https://a.example", null), owner("IT", link, null))))
        .hasMessage(
            "REKEY_OWNERS_1_LINK (rekey.owners[1].link) has to be an https URL or a mailto address"
                + " (docs/findings.md)");
  }

  @Test
  void linksAreHttpsOrMailto() {
    Owners.requireLinks(
        List.of(
            owner("IT", "https://wiki.example.com/it", null),
            owner("IT", "mailto:it@example.com", null),
            owner("IT", null, null)));
  }

  private static OwnerSettings owner(String subject, String team) {
    return new OwnerSettings(List.of(new SubjectPattern(subject)), team, "#a", null);
  }

  private static OwnerSettings owner(String team, @Nullable String link, @Nullable String contact) {
    return new OwnerSettings(
        List.of(new SubjectPattern("apps/crm/connectors/okta")), team, contact, link);
  }

  private static Owners owners(OwnerSettings... configured) {
    return new Owners(
        new OwnerProperties(List.of(configured)),
        new AccessProperties(
            "groups", null, List.of(), Duration.ofHours(1), GRANTS, List.of(), 600));
  }
}
