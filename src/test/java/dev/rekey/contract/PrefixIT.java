package dev.rekey.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyIT;
import dev.rekey.run.Control;
import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import dev.rekey.run.Tokens;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.ApplicationContext;
import org.springframework.test.context.TestContextManager;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/**
 * Sends the same requests to every operation of the contract three times: to a Rekey without a path
 * prefix, to one whose server has a prefix, and to one behind a proxy that has removed a prefix.
 * All responses are the same, but for the prefix in their links.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestPropertySource(
    properties = {
      "server.servlet.context-path=" + PrefixIT.CONTEXT_PATH,
      "server.forward-headers-strategy=framework",
      "rekey.access.cors-origins=" + PrefixIT.DASHBOARD
    })
class PrefixIT extends RekeyIT {

  // Begins like a route, so that a prefix that is removed twice is noticed.
  static final String CONTEXT_PATH = "/api";
  static final String DASHBOARD = "https://dashboard.example.com";
  private static final String PROXY = "/teams/rekey";
  private static final Contract CONTRACT = Contract.read();

  // They differ with each request. Only the service with a prefix has origins, and so varies.
  private static final Set<String> VARYING =
      Set.of("age", "date", "etag", "x-request-id", "retry-after", "vary");

  private static final Pattern LINK =
      Pattern.compile("(?<origin><?(?:http://localhost:\\d+)?)(?<path>/.*)");

  @Value("${local.server.port}")
  private int port;

  private int portWithout;

  /** The service of the other tests. */
  private static final class WithoutPrefix extends RekeyIT {}

  @BeforeAll
  void findServiceWithoutPrefix() {
    ApplicationContext without =
        new TestContextManager(WithoutPrefix.class).getTestContext().getApplicationContext();
    awaitFirstRuns(without);
    portWithout = without.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
  }

  @Test
  void everyResponseIsTheSame() {
    Map<String, Object> without = responses(at(portWithout, ""), "");

    assertThat(responses(at(port, CONTEXT_PATH), CONTEXT_PATH))
        .containsExactlyInAnyOrderEntriesOf(without);
    assertThat(responses(at(port, CONTEXT_PATH).with("X-Forwarded-Prefix", PROXY), PROXY))
        .containsExactlyInAnyOrderEntriesOf(without);
  }

  @Test
  void browsersOfTheDashboardMayRead() {
    for (Http rekey :
        List.of(at(port, CONTEXT_PATH), at(port, CONTEXT_PATH).with("X-Forwarded-Prefix", PROXY))) {
      Answer answer = rekey.with("Origin", DASHBOARD).get("/api/v1/credentials");

      assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo(DASHBOARD);
    }
  }

  @Test
  void pathWithAnEmptySegmentIsRefused() {
    Http server = at(port, "").bearer(Tokens.of(surroundings().sandbox(), "payments"));
    Http behindProxy = server.with("X-Forwarded-Prefix", PROXY);

    for (Http rekey : List.of(server, behindProxy)) {
      for (String path :
          List.of("/" + CONTEXT_PATH + ROTATE, CONTEXT_PATH + "/" + ROTATE, "//" + CONTEXT_PATH)) {
        Answer answer = rekey.post(path, OKTA);

        assertThat(answer.text("/type")).as(path).isEqualTo("/problems/malformed-url");
        assertThat(answer.text("/detail")).contains("empty segments (//)");
      }
    }
    assertThat(control().mints()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "X-Forwarded-Prefix | a",
        "X-Forwarded-Prefix | http://evil.example/",
        "X-Forwarded-Prefix | /%zz",
        "X-Forwarded-Port | 999999999999",
        "X-Forwarded-Host | [::1",
        "X-Forwarded-Host | a:b",
        "X-Forwarded-Proto | ftp",
        "Forwarded | for=\"[::1",
        "Forwarded | host=evil.example;proto=https",
      })
  void malformedOrUnknownForwardingHeaderIsIgnored(String header, String value) {
    Answer answer = at(port, CONTEXT_PATH).with(header, value).get("/swagger-ui");

    assertThat(answer.status()).isEqualTo(302);
    assertThat(answer.header("Location")).contains("localhost:" + port + CONTEXT_PATH);
    assertThat(answer.header("X-Request-Id")).isNotNull();
  }

  @Test
  void prefixWithoutAPathIsNotFound() {
    assertThat(at(port, "").get(CONTEXT_PATH).status()).isIn(401, 404);
  }

  /** Spring's own filter would take the first, which the caller may have made up. */
  @Test
  void historyHasTheAddressThatTheTrustedProxySaw() {
    at(port, CONTEXT_PATH)
        .with("X-Request-Id", requestId)
        .with("X-Forwarded-For", "198.51.100.1, 192.0.2.7:49152")
        .bearer(Tokens.of(surroundings().sandbox(), "payments"))
        .post(ROTATE, OKTA);

    assertThat(query("select distinct source_ip from audit_event where request_id = ?", requestId))
        .extracting(row -> row.get("source_ip"))
        .containsExactly("192.0.2.7");
  }

  private static Http at(int port, String prefix) {
    return Http.at(URI.create("http://localhost:" + port + prefix));
  }

  private Map<String, Object> responses(Http anonymous, String prefix) {
    control().reset();
    var seen = new LinkedHashMap<String, Object>();
    Http admin = anonymous.bearer(Tokens.of(surroundings().sandbox(), "admin"));
    for (Operation operation : CONTRACT.operations()) {
      String path = operation.examplePath();
      String scope = operation.scope().equals("audit:read") ? "credentials:read" : "audit:read";
      Http other = anonymous.bearer(Tokens.withScope(surroundings().sandbox(), "auditor", scope));
      String body = operation.method().matches("GET|DELETE") ? null : "{\"canary\":1}";
      var request = new Request(admin, operation.method(), path, body);
      Map<String, UnaryOperator<Request>> changes =
          Map.of(
              "no token", each -> each.from(anonymous),
              "no scope", each -> each.from(other),
              "unusable", PrefixIT::unusable,
              "unknown parameter", each -> each.query("canary=1"),
              "wrong method", each -> each.method("PUT"),
              "unacceptable", each -> each.header("Accept", "image/png"),
              "malformed",
                  each ->
                      new Request(each.caller(), each.method(), each.path() + "%2Fx", each.body()),
              "too large", each -> each.header("X-Large", "x".repeat(9_000)));
      changes.forEach(
          (name, change) ->
              seen.put(
                  operation.route() + " " + name,
                  response(change.apply(request).received(), prefix)));
    }
    seen.putAll(links(admin, prefix));
    seen.putAll(others(anonymous, admin, prefix));
    return seen;
  }

  private static Request unusable(Request request) {
    // A whole export of the other tests' history takes long.
    if (request.path().endsWith("/export")) {
      return request.query("format=pdf");
    }
    // The first page gets a link to the next when more is recorded meanwhile.
    return request.path().matches("/api/v1/[a-z-]+s") ? request.query("limit=0") : request;
  }

  /** Responses that name other paths. */
  private Map<String, Object> links(Http admin, String prefix) {
    var seen = new LinkedHashMap<String, Object>();
    Http keyed = admin.with("Idempotency-Key", UUID.randomUUID().toString());
    seen.put("rotate", response(keyed.post(ROTATE, OKTA), prefix));
    Answer replayed = keyed.post(ROTATE, OKTA);
    seen.put("replayed", response(replayed, prefix));
    seen.put(
        "members that are paths",
        Map.of(
            "credential", generic(unprefixed(replayed.text("/credential"), prefix)),
            "reissue", generic(unprefixed(replayed.text("/reissue"), prefix))));
    seen.put(
        "deliveredAt",
        await()
            .until(
                () ->
                    admin
                        .get("/api/v1/rotations/" + replayed.header("Rekey-Rotation-Id"))
                        .body()
                        .at("/deliveredAt")
                        .isString(),
                delivered -> delivered));
    control().fault("conductorone", "rotate", "reset-before", Control.times(1));
    Http lost = admin.with("Idempotency-Key", UUID.randomUUID().toString());
    seen.put("unknown", response(lost.post(ROTATE, OKTA), prefix));
    control().fault("keycard", "create", "reset-before", Control.times(1));
    Http create = admin.with("Idempotency-Key", UUID.randomUUID().toString());
    seen.put("unknown create", response(create.post(CHECKOUT, ContractIT.named()), prefix));
    seen.putAll(otherMints(admin, prefix));
    String adoption =
        ContractIT.adoption(
            "keycard",
            "organizations/acme/service-accounts/checkout",
            keycardDirectly().post(CHECKOUT, ContractIT.named()).text("/id"));
    seen.put("adopted", response(admin.post("/api/v1/credentials", adoption), prefix));
    for (String list : List.of("credentials", "rotations", "audit-events")) {
      seen.put("page of " + list, response(admin.get("/api/v1/" + list + "?limit=1"), prefix));
    }
    return seen;
  }

  /** Successes and unknown outcomes of the mints whose paths have an id. */
  private static Map<String, Object> otherMints(Http admin, String prefix) {
    var seen = new LinkedHashMap<String, Object>();
    for (boolean isLost : List.of(false, true)) {
      Answer made = admin.post(CHECKOUT, ContractIT.named());
      for (String path :
          List.of(
              "/api/v1/apps/crm/connectors/okta/credentials",
              CHECKOUT + "/" + made.text("/id") + "/rotate",
              ContractIT.rotation(made) + "/reissue")) {
        if (isLost) {
          control().fault("conductorone", "rotate", "reset-before", Control.times(1));
          control().fault("keycard", "create", "reset-before", Control.times(1));
        }
        Http keyed = admin.with("Idempotency-Key", UUID.randomUUID().toString());
        Answer answer = keyed.post(path, "{}");
        assertThat(answer.status())
            .as(path)
            .matches(status -> isLost ? status == 504 : status < 300);
        Map<String, Object> response = response(answer, prefix);
        control().clearFaults();
        seen.put((isLost ? "lost " : "") + path.replaceFirst(".*/", "mint by "), response);
      }
    }
    return seen;
  }

  private static Map<String, Object> others(Http anonymous, Http admin, String prefix) {
    var seen = new LinkedHashMap<String, Object>();
    for (String path :
        new String[] {
          "/",
          "/problems",
          "/problems/no-grant",
          "/swagger-ui.html",
          "/v3/api-docs",
          "/swagger-ui",
          "/swagger-ui/index.html",
          "/swagger-ui/swagger-initializer.js",
          "/.well-known/oauth-protected-resource",
          "/nowhere",
          "/api/v1/apps/nowhere",
          "/api/v1/apps/a%5Cb",
          "/api/v1/apps/a;b"
        }) {
      seen.put("anonymous " + path, response(anonymous.get(path), prefix));
      seen.put("admin " + path, response(admin.get(path), prefix));
    }
    Answer document = anonymous.with("Accept", "application/json").get("/v3/api-docs");
    seen.put(
        "server of the document",
        unprefixed(
            URI.create(prefix + "/v3/api-docs").resolve(document.text("/servers/0/url")).getPath(),
            prefix));
    return seen;
  }

  private static Map<String, Object> response(Answer answer, String prefix) {
    var seen = new TreeMap<String, Object>();
    seen.put("status", answer.status());
    answer
        .raw()
        .headers()
        .map()
        .forEach(
            (name, values) -> {
              String key = name.toLowerCase(Locale.ROOT);
              if (!VARYING.contains(key)) {
                seen.put(key, generic(unprefixed(String.join(", ", values), prefix)));
              }
            });
    seen.put("body", body(answer.body()));
    // Ids have different lengths.
    seen.remove("content-length");
    return seen;
  }

  /** A problem without its ids; the names of the members of a success. */
  private static Object body(JsonNode body) {
    var fields = new TreeMap<String, Object>();
    boolean isProblem = body.has("type") && body.has("code");
    body.properties()
        .forEach(
            field ->
                fields.put(
                    field.getKey(),
                    !isProblem
                            || Set.of("credential", "reissue", "requestId").contains(field.getKey())
                        ? "any"
                        : generic(field.getValue().toString())));
    return fields;
  }

  /** A header or member that is a path, without the prefix that it must have. */
  private static String unprefixed(String text, String prefix) {
    Matcher link = LINK.matcher(text);
    if (!link.matches()) {
      return text;
    }
    String path = link.group("path");
    return path.startsWith(prefix + "/")
        ? link.group("origin") + path.substring(prefix.length())
        : "without the prefix: " + text;
  }

  private static String generic(String text) {
    return Objects.requireNonNull(text)
        .replaceAll("[0-9a-f]{8}-[0-9a-f-]{27}", "ID")
        .replaceAll("(?<=cursor=)[^>&]+", "CURSOR")
        .replaceAll("(?<=afterSeq=)\\d+", "N")
        .replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z", "TIME")
        .replaceAll("localhost:\\d+", "HOST");
  }
}
