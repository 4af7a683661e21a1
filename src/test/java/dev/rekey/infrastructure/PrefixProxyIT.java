package dev.rekey.infrastructure;

import static dev.rekey.run.Json.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.platform.Pause;
import dev.rekey.run.Control;
import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import dev.rekey.run.RekeyProcess;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** Rekey's API has a path prefix. Every response is the same as without. */
@Tag("infrastructure")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class PrefixProxyIT {

  private static final String PREFIX = "/teams/rekey";
  private static final String ROTATE = "/api/v1/apps/connectors/credentials";
  private static final String ROTATE_ONE = "/api/v1/apps/crm/connectors/github/credentials";
  private static final String OKTA = json("appId", "crm", "connectorId", "okta");
  private static final String CHECKOUT =
      "/organizations/acme/service-accounts/checkout/credentials";

  private static Trial trial;
  private static RekeyProcess behindProxy;
  private static RekeyProcess withContextPath;
  private static Program nginx;

  /** Where the prefix comes from. */
  enum Prefix {
    /** nginx removes it and names it in a header. */
    PROXY,
    /** Rekey's server has it. */
    CONTEXT_PATH
  }

  @BeforeAll
  static void start() {
    trial = Trial.named("prefix");
    behindProxy = trial.rekey(Map.of("server.forward-headers-strategy", "framework"));
    withContextPath = trial.rekey(Map.of("server.servlet.context-path", PREFIX));
    nginx = Program.start("prefix-proxy", behindProxy.port(), PREFIX);
  }

  @AfterAll
  static void stop() {
    if (nginx != null) {
      nginx.close();
    }
    trial.close();
  }

  private static Http prefixed(Prefix prefix) {
    return Trial.at(prefix == Prefix.PROXY ? nginx.port() : withContextPath.port(), PREFIX);
  }

  @ParameterizedTest
  @EnumSource
  void everyResponseIsTheSameAsWithout(Prefix prefix) {
    Map<String, Object> without = responses(behindProxy.http(), "");
    Map<String, Object> with = responses(prefixed(prefix), PREFIX);

    assertThat(with).containsExactlyEntriesOf(without);
  }

  @ParameterizedTest
  @EnumSource
  void deliveriesAreRecorded(Prefix prefix) {
    Http rekey = trial.admin(prefixed(prefix));

    for (Answer answer :
        List.of(
            rekey.post(ROTATE, OKTA), rekey.post(ROTATE_ONE, "{}"), trial.mint(prefixed(prefix)))) {
      assertThat(answer.status()).as(answer.raw().body()).isLessThan(300);
      String rotation = "/api/v1/rotations/" + answer.header("Rekey-Rotation-Id");
      await()
          .atMost(Duration.ofSeconds(5))
          .untilAsserted(
              () ->
                  assertThat(rekey.get(rotation).body().at("/deliveredAt").isString())
                      .as("deliveredAt of %s", answer.raw().uri())
                      .isTrue());
    }
  }

  @Test
  void loadThroughTheProxyIsSound() {
    try (var _ = trial.load(prefixed(Prefix.PROXY))) {
      Pause.sleep(Duration.ofSeconds(10));
    }
    trial.assertSound();
  }

  /** The visible parts of each response, by request. */
  private static Map<String, Object> responses(Http origin, String prefix) {
    Http anonymous = origin;
    Http rekey = trial.admin(origin);
    var seen = new LinkedHashMap<String, Object>();
    Function<Answer, Object> see = answer -> response(answer, prefix);
    seen.put("rotate", see.apply(rekey.post(ROTATE, OKTA)));
    seen.put("rotate by path", see.apply(rekey.post(ROTATE_ONE, "{}")));
    Answer created = rekey.post(CHECKOUT, json("name", "one"));
    seen.put("create", see.apply(created));
    String one = CHECKOUT + "/" + created.text("/id");
    seen.put("get", see.apply(rekey.get(one)));
    seen.put("list", see.apply(rekey.get(CHECKOUT)));
    seen.put("update", see.apply(rekey.send("PATCH", one, json("name", "two"))));
    seen.put(
        "replace", see.apply(rekey.with("Idempotency-Key", key()).post(one + "/rotate", "{}")));
    seen.put("delete", see.apply(rekey.delete(one)));
    Http keyed = rekey.with("Idempotency-Key", key());
    seen.put("keyed", see.apply(keyed.post(ROTATE, OKTA)));
    seen.put("key replayed", see.apply(keyed.post(ROTATE, OKTA)));
    seen.put("key reused", see.apply(keyed.post(CHECKOUT, json("name", "three"))));
    seen.put("repeated", see.apply(rekey.with("x-stainless-retry-count", "1").post(ROTATE, OKTA)));
    seen.putAll(refusals(anonymous, rekey, see));
    seen.putAll(unknownOutcomes(rekey, see));
    return seen;
  }

  private static Map<String, Object> refusals(
      Http anonymous, Http rekey, Function<Answer, Object> see) {
    var seen = new LinkedHashMap<String, Object>();
    for (String path :
        List.of(ROTATE, ROTATE_ONE, CHECKOUT, CHECKOUT + "/none/rotate", "/api/v1/rotations")) {
      seen.put("no token at " + path, see.apply(anonymous.post(path, "{}")));
      seen.put("no JSON at " + path, see.apply(rekey.post(path, "{")));
      seen.put("unknown field at " + path, see.apply(rekey.post(path, json("canary", 1))));
      seen.put("wrong method at " + path, see.apply(rekey.send("PUT", path, "{}")));
    }
    for (String path :
        List.of(
            "/api/v1/apps/unknown",
            "/api/v1/apps/crm/connectors/..;/credentials",
            "/unknown",
            "/organizations/other/service-accounts/checkout/credentials",
            CHECKOUT + "/none",
            "/api/v1/rotations?canary=1",
            "/api/v1/rotations/none",
            "/api/v1/credentials?limit=1",
            "/api/v1/audit-events?limit=1",
            "/api/v1/audit-checkpoints?limit=1",
            "/api/v1/summary",
            "/api/v1/webhook-deliveries",
            "/v3/api-docs")) {
      seen.put("no token for " + path, see.apply(anonymous.get(path)));
      seen.put("GET " + path, see.apply(rekey.get(path)));
    }
    return seen;
  }

  private static Map<String, Object> unknownOutcomes(Http rekey, Function<Answer, Object> see) {
    var seen = new LinkedHashMap<String, Object>();
    Control control = trial.control();
    control.clearFaults();
    for (var operation : Map.of("conductorone", "rotate", "keycard", "create").entrySet()) {
      for (String fault : List.of("hang", "reset-after", "garbage")) {
        control.fault(operation.getKey(), operation.getValue(), fault, Control.times(1));
      }
      control.fault(
          operation.getKey(),
          operation.getValue(),
          "status",
          Control.status(429),
          Control.times(1));
      control.fault(
          operation.getKey(),
          operation.getValue(),
          "status",
          Control.status(400),
          Control.times(1));
    }
    for (int i = 0; i < 5; i++) {
      // Each has a new key or name, because a request may not repeat one with an unknown outcome.
      Http keyed = rekey.with("Idempotency-Key", key());
      seen.put("fault " + i + " of rotate", see.apply(keyed.post(ROTATE, connector(i))));
      seen.put("fault " + i + " of create", see.apply(rekey.post(CHECKOUT, json("name", key()))));
    }
    trial.delayMints();
    return seen;
  }

  private static String connector(int number) {
    return json("appId", "crm", "connectorId", "connector-%04d".formatted(number + 1));
  }

  private static String key() {
    return UUID.randomUUID().toString();
  }

  /**
   * The status, the headers that clients act on, and the body, without values that differ by
   * request.
   */
  private static Map<String, Object> response(Answer answer, String prefix) {
    var seen = new TreeMap<String, Object>();
    seen.put("status", answer.status());
    for (String header :
        List.of(
            "Content-Type",
            "x-should-retry",
            "Retry-After",
            "WWW-Authenticate",
            "Allow",
            "Cache-Control")) {
      seen.put(header, Objects.requireNonNullElse(answer.header(header), "none"));
    }
    seen.put("Location", location(answer.header("Location"), prefix));
    seen.put("has a rotation", answer.header("Rekey-Rotation-Id") != null);
    seen.put("body", fields(answer.body()));
    seen.put("code", answer.body().at("/code").toString());
    seen.put("type", answer.text("/type"));
    return seen;
  }

  /** A path that leads back to Rekey, without its prefix and ids. */
  private static String location(@Nullable String location, String prefix) {
    if (location == null) {
      return "none";
    }
    String path = URI.create(location).getRawPath();
    return path.startsWith(prefix + "/")
        ? path.substring(prefix.length()).replaceAll("[0-9a-f-]{36}|[0-9a-z]{20,}", "ID")
        : "without the prefix: " + location;
  }

  /** The fields of a problem with the types of their values; only the fields of a success. */
  private static String fields(JsonNode body) {
    var fields = new TreeMap<String, String>();
    body.properties()
        .forEach(
            field ->
                fields.put(
                    field.getKey(),
                    body.has("type") ? field.getValue().getNodeType().name() : "any"));
    return fields.toString();
  }
}
