package dev.rekey.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekey.upstream.Subject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubjectPatternTest {

  @ParameterizedTest
  @CsvSource({
    "apps/crm/connectors/okta, apps/crm/connectors/okta, true",
    "apps/crm/connectors/*,    apps/crm/connectors/okta, true",
    "apps/*/connectors/okta,   apps/crm/connectors/okta, true",
    "apps/*/connectors/*,      apps/crm/connectors/okta, true",
    "apps/crm/connectors/ok*,  apps/crm/connectors/okta, true",
    "apps/crm/connectors/*ta,  apps/crm/connectors/okta, true",
    "apps/crm/connectors/okta, apps/crm/connectors/okta2, false",
    "apps/crm/connectors/*,    apps/crm2/connectors/okta, false",
    "apps/c.m/connectors/okta, apps/crm/connectors/okta, false",
    "apps/c_m/connectors/okta, apps/crm/connectors/okta, false",
    "apps/*/connectors/*,      organizations/acme/service-accounts/a, false"
  })
  void starMatchesAnyPartOfOneId(String pattern, String subject, boolean matches) {
    var name = Subject.of("any", subject);

    assertThat(new SubjectPattern(pattern).matches(name)).isEqualTo(matches);
  }

  @Test
  void wildcardOfLikeIsEscaped() {
    assertThat(new SubjectPattern("apps/a_b/connectors/*").like())
        .isEqualTo("apps/a\\_b/connectors/%");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "*",
        "apps/*",
        "apps/crm/connectors",
        "apps/crm/connectors/a/b",
        "apps//connectors/d",
        "apps/crm/connector/okta",
        "apps/acme/service-accounts/*"
      })
  void patternThatCanMatchNoSubjectIsRefused(String pattern) {
    assertThatThrownBy(() -> new SubjectPattern(pattern))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("apps/{appId}/connectors/{connectorId}");
  }
}
