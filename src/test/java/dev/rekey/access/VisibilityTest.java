package dev.rekey.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.access.Visibility.All;
import dev.rekey.access.Visibility.Only;
import java.util.List;
import org.junit.jupiter.api.Test;

class VisibilityTest {

  private static final String OKTA = "apps/crm/connectors/okta";

  @Test
  void onlyAllIncludesWhatHasNoSubject() {
    assertThat(new All().includes(null)).isTrue();
    assertThat(only("apps/*/connectors/*").includes(null)).isFalse();
  }

  @Test
  void withoutPatternsNothingIsVisible() {
    assertThat(only().includes(OKTA)).isFalse();
    assertThat(only().prefixes()).isEmpty();
    assertThat(only().names()).hasValueSatisfying(names -> assertThat(names).isEmpty());
  }

  @Test
  void prefixesEndAtTheFirstStar() {
    assertThat(only("apps/crm/connectors/o*a", OKTA, "apps/*/connectors/x").prefixes())
        .containsExactly("apps/crm/connectors/o", OKTA, "apps/");
    assertThat(new All().prefixes()).containsExactly("");
  }

  @Test
  void namesAreKnownIfNoPatternHasAStar() {
    assertThat(only(OKTA, OKTA).names())
        .hasValueSatisfying(names -> assertThat(names).containsExactly(OKTA));
    assertThat(only(OKTA, "apps/crm/connectors/*").names()).isEmpty();
    assertThat(new All().names()).isEmpty();
  }

  private static Visibility only(String... patterns) {
    return new Only(List.of(patterns).stream().map(SubjectPattern::new).toList());
  }
}
