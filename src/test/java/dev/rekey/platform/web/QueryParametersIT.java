package dev.rekey.platform.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.run.Http.Answer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The query parameters of every route: what is unknown, left unfilled, or in another case. */
class QueryParametersIT extends RekeyIT {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "$__all",
        "$team",
        "${team}",
        "${team:csv}",
        "[[team]]",
        "{{team}}",
        "{{ team }}",
        "{team}",
        "{payments,search}",
        "payments,$__all",
        "a ${b} c"
      })
  void aPlaceholderIsRefusedWithTheNameOfItsParameter(String value) {
    for (String route : new String[] {"credentials?q=", "audit-events?actor=", "rotations?team="}) {
      Answer answer =
          as("auditor").get("/api/v1/" + route + URLEncoder.encode(value, StandardCharsets.UTF_8));

      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.text("/type")).isEqualTo("/problems/invalid-parameter");
      assertThat(answer.text("/detail"))
          .startsWith(route.replaceAll(".*\\?|=", "") + " has a placeholder without a value")
          .doesNotContain(value);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/credentials?status=$status",
        "/api/v1/credentials?expiresBefore=$__to",
        "/api/v1/credentials?subject=apps/$app/*",
        "/api/v1/credentials?limit=$limit",
        "/api/v1/credentials?overdue=$overdue",
        "/api/v1/audit-events/aggregate?bucket=$__interval",
        "/api/v1/audit-events/tail?type=$type",
        "/api/v1/audit-events/export?format=$format",
        "/api/v1/audit-checkpoints?limit=$limit",
        "/api/v1/summary?timeZone=$__timezone",
        "/organizations/acme/service-accounts/checkout/credentials?limit=$limit"
      })
  void everyRouteRefusesPlaceholders(String path) {
    Answer answer = as("admin").get(path);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("/detail")).contains(" has a placeholder without a value");
  }

  @ParameterizedTest
  @ValueSource(strings = {"US$", "5$", "$5", "a$b", "{", "[x]", "{3F2504E0-4F89}", "50%"})
  void otherTextWithSuchCharactersIsSearched(String text) {
    String q = URLEncoder.encode("x " + text, StandardCharsets.UTF_8);

    assertThat(as("payments").get("/api/v1/credentials?q=" + q).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/api/v1/rotations?status=ACTIVE | `status` is not known here; known are [credentialId,",
        "/api/v1/audit-events/019aa8a6-0d1e-7f2a-9b3c-4d5e6f708192?x=1 |"
            + " `x` is not known here; this route takes no query parameters.",
        "/api/v1/credentials?secret+token=1 | A parameter is not known here; known are"
      })
  void anUnknownParameterIsNamed(String path, String detail) {
    Answer answer = as("auditor").get(path);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("/type")).isEqualTo("/problems/unknown-parameter");
    assertThat(answer.text("/detail")).startsWith(detail);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/credentials?status=active,Retiring&origin=minted&upstream=KEYCARD&sort=-CREATEDAT",
        "/api/v1/audit-events?outcome=SUCCEEDED,NOT_ATTEMPTED&type=Rotation.Succeeded&upstream=Keycard",
        "/api/v1/audit-events/aggregate?bucket=1D&groupBy=Type,OUTCOME&outcome=Unknown",
        "/api/v1/audit-events/aggregate?bucket=AUTO&shape=Rows&format=Json&series=Rotations&outcome=not-attempted",
        "/api/v1/audit-events/tail?outcome=DENIED&type=ACCESS.DENIED",
        "/api/v1/audit-events/export?format=CSV&outcome=Denied",
        "/api/v1/rotations?state=succeeded,not-attempted&upstream=ConductorOne",
        "/api/v1/webhook-deliveries?state=dead,Pending"
      })
  void enumerationsMayBeInAnyCase(String path) {
    Answer answer = as("admin").get(path);

    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
  }

  @Test
  void anotherCaseFindsTheSame() {
    as("payments").post(ROTATE, OKTA);
    String mine = "/api/v1/audit-events?q=" + requestId + "&outcome=";

    assertThat(as("auditor").get(mine + "SUCCEEDED").body().at("/items").size())
        .isEqualTo(as("auditor").get(mine + "succeeded").body().at("/items").size())
        .isEqualTo(1);
  }

  @Test
  void anUpstreamMayBeAdoptedFromInAnyCase() {
    Answer adopted =
        as("search")
            .post(
                "/api/v1/credentials",
                """
                {"upstream":"ConductorOne","subject":"apps/crm/connectors/github",
                 "upstreamId":"github-seed-credential"}
                """);

    assertThat(adopted.status()).as(adopted.raw().body()).isIn(200, 201);
    assertThat(adopted.text("/upstream")).isEqualTo("conductorone");
  }
}
