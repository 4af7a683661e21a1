package dev.rekey.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.contract.Contract;
import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/** What web pages of other origins may send, and what they may read of the responses. */
@TestPropertySource(
    properties = {
      "rekey.access.cors-origins=" + CrossOriginIT.DASHBOARD,
      "rekey.api-docs.enabled=false"
    })
class CrossOriginIT extends RekeyIT {

  static final String DASHBOARD = "https://dashboard.example.com";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "authorization",
        "content-type",
        "if-none-match",
        "x-request-id",
        "traceparent,tracestate,baggage"
      })
  void preflightAllowsTheHeadersOfADashboard(String headers) {
    Answer answer = preflight("/api/v1/summary", DASHBOARD, "GET", headers);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo(DASHBOARD);
    assertThat(list(answer, "Access-Control-Allow-Headers"))
        .containsExactlyInAnyOrder(headers.split(",", -1));
    assertThat(list(answer, "Access-Control-Allow-Methods")).containsExactly("GET", "HEAD");
    assertThat(answer.header("Access-Control-Max-Age")).isEqualTo("3600");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/credentials",
        "/organizations/acme/service-accounts/checkout/credentials"
      })
  void pageMayReadEveryHeaderOfTheContract(String path) {
    Answer answer = unchecked(as("payments")).with("Origin", DASHBOARD).get(path);

    assertThat(answer.status()).isEqualTo(200);
    JsonNode contract = Contract.read().document();
    var described = new TreeSet<String>();
    for (JsonNode headers : contract.findValues("headers")) {
      if (!headers.equals(contract.at("/components/headers"))) {
        described.addAll(headers.propertyNames());
      }
    }
    // Browsers show it to every page.
    described.remove("Cache-Control");
    assertThat(described)
        .contains("Link", "Location", "Retry-After", "Rekey-Rotation-Id", "Rekey-Credential-Id");
    assertThat(list(answer, "Access-Control-Expose-Headers"))
        .contains("ETag")
        .containsAll(described);
  }

  @ParameterizedTest
  @CsvSource({
    "https://evil.example,          GET,  authorization, Pages of this origin may not",
    "null,                          GET,  authorization, Pages of this origin may not",
    "http://dashboard.example.com,  GET,  authorization, Pages of this origin may not",
    "https://dashboard.example.com, POST, authorization, Pages may send only GET and HEAD",
    "https://dashboard.example.com, GET,  x-secret,      Pages may send only GET and HEAD"
  })
  void refusedPreflightIsAProblem(String origin, String method, String headers, String detail) {
    isRefused(preflight("/api/v1/credentials", origin, method, headers), detail);
  }

  @Test
  void preflightOfARouteForNoPageIsAProblem() {
    isRefused(preflight("/problems", DASHBOARD, "GET", "authorization"), "Pages of this origin");
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://evil.example", "null", "evil"})
  void requestOfAnotherOriginIsAProblemAndIsNotSent(String origin) {
    isRefused(as("payments").with("Origin", origin).post(ROTATE, OKTA), "Pages of this origin");
    isRefused(as("payments").with("Origin", origin).get(CHECKOUT), "Pages of this origin");

    assertThat(control().calls()).isEmpty();
  }

  @Test
  void requestOfTheSameOriginIsNoCrossOriginRequest() {
    String own = as("payments").get("/api/v1/summary").raw().uri().toString();
    String origin = own.substring(0, own.indexOf("/api"));

    assertThat(as("payments").with("Origin", origin).post(ROTATE, OKTA).status()).isEqualTo(200);
  }

  private Answer preflight(String path, String origin, String method, String headers) {
    return unchecked(anonymous())
        .with("Origin", origin)
        .with("Access-Control-Request-Method", method)
        .with("Access-Control-Request-Headers", headers)
        .send("OPTIONS", path, null);
  }

  // The contract does not describe the headers of CORS.
  private static Http unchecked(Http rekey) {
    return rekey.checkedBy(_ -> {});
  }

  private void isRefused(Answer answer, String detail) {
    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(answer.text("/type")).isEqualTo("/problems/origin-not-allowed");
    assertThat(answer.text("/detail")).startsWith(detail);
    assertThat(answer.text("/requestId")).isEqualTo(requestId);
    assertThat(answer.header("Access-Control-Allow-Origin")).isNull();
  }

  private static List<String> list(Answer answer, String header) {
    return Arrays.stream(String.valueOf(answer.header(header)).split(",", -1))
        .map(String::strip)
        .toList();
  }

  @Test
  void rootIsAPageWithoutTheDescriptionOfTheApi() {
    Answer root = anonymous().get("/");

    assertThat(root.status()).isEqualTo(200);
    assertThat(root.header("Content-Type")).isEqualTo("text/html;charset=UTF-8");
    assertThat(root.header("Content-Security-Policy")).startsWith("default-src 'none'");
    assertThat(root.raw().body()).contains("<h1>Rekey</h1>", "href=\"problems\"");
    assertThat(anonymous().get("/problems").status()).isEqualTo(200);
    for (String path : List.of("/swagger-ui", "/swagger-ui.html", "/v3/api-docs")) {
      assertThat(anonymous().get(path).status()).as(path).isEqualTo(404);
    }
  }
}
