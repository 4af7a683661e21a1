package dev.rekey.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import sandbox.Sandbox;
import tools.jackson.databind.JsonNode;

/** Controls and inspects the sandbox in tests. */
public final class Control {

  private final Http http;

  public Control(Sandbox sandbox) {
    this.http = Http.at(sandbox.url());
  }

  /**
   * Injects a fault into the next calls of an operation. The remaining arguments are members of a
   * JSON object.
   */
  public void fault(String upstream, String operation, String fault, String... more) {
    String rest = more.length == 0 ? "" : "," + String.join(",", more);
    var answer =
        http.post(
            "/control/faults",
            """
            {"upstream":"%s","operation":"%s","fault":"%s"%s}
            """
                .formatted(upstream, operation, fault, rest));
    assertThat(answer.status()).as(answer.raw().body()).isLessThan(300);
  }

  /** A field of {@link #fault}: the status of the response. */
  public static String status(int status) {
    return "\"status\":" + status;
  }

  /** A field of {@link #fault}: the number of calls that it affects. */
  public static String times(int calls) {
    return "\"times\":" + calls;
  }

  /** A field of {@link #fault}: how long the response is delayed, or a list lags. */
  public static String delayMs(int millis) {
    return "\"delayMs\":" + millis;
  }

  /** A field of {@link #fault}: the {@code Retry-After} of the response. */
  public static String retryAfter(int seconds) {
    return "\"retryAfter\":\"" + seconds + "\"";
  }

  /**
   * Has an operation return this body. {@code $unique} in it stands for another UUID in each
   * response.
   */
  public void respond(String upstream, String operation, int status, String body, String... more) {
    var all = new ArrayList<>(List.of(more));
    all.add(status(status));
    all.add("\"body\":" + body);
    fault(upstream, operation, "respond", all.toArray(String[]::new));
  }

  public void clearFaults() {
    http.delete("/control/faults");
  }

  public void reset() {
    http.post("/control/reset", "{}");
  }

  public void revokeTokens() {
    http.post("/control/revoke-tokens", "{}");
  }

  /**
   * Gives Rekey's own client at an upstream a new secret, and returns it.
   *
   * @param formerLives how long the previous secret stays valid
   */
  public String replaceOwnSecret(String upstream, Duration formerLives) {
    return http.post(
            "/control/own-secret",
            "{\"upstream\":\"%s\",\"formerLivesMs\":%d}"
                .formatted(upstream, formerLives.toMillis()))
        .text("/clientSecret");
  }

  public void mode(String mode) {
    http.post("/control/mode", "{\"conductorone\":\"" + mode + "\"}");
  }

  public void seed(String json) {
    assertThat(http.post("/control/seed", json).status()).isLessThan(300);
  }

  /** Creates service accounts sa-0001, sa-0002, … of acme at Keycard. */
  public void seed(int serviceAccounts, int credentialsEach) {
    seed(Json.json("serviceAccounts", serviceAccounts, "credentialsEach", credentialsEach));
  }

  public void touch(String credentialId) {
    http.post("/control/touch", "{\"credentialId\":\"" + credentialId + "\"}");
  }

  public boolean isValid(String clientId, String clientSecret) {
    return http.post(
            "/control/verify",
            "{\"clientId\":\"" + clientId + "\",\"clientSecret\":\"" + clientSecret + "\"}")
        .body()
        .at("/valid")
        .asBoolean();
  }

  /** The ids of the credentials minted so far. */
  public List<String> mints() {
    return texts("/control/mints", "/credentialId");
  }

  /** The ids of the valid credentials. */
  public List<String> live() {
    return texts("/control/credentials", "/credentialId");
  }

  /**
   * One minted secret.
   *
   * @param description from the minting call; empty if none was sent
   */
  public record Mint(String upstream, String subject, String credentialId, String description) {}

  /** Every secret minted so far, in order. */
  public List<Mint> minted() {
    return items("/control/mints").stream()
        .map(
            mint ->
                new Mint(
                    mint.at("/upstream").asString(""),
                    mint.at("/subject").asString(""),
                    mint.at("/credentialId").asString(""),
                    mint.at("/description").asString("")))
        .toList();
  }

  /** The ids of a subject's valid credentials. */
  public List<String> live(String subject) {
    return items("/control/credentials").stream()
        .filter(credential -> credential.at("/subject").asString("").equals(subject))
        .map(credential -> credential.at("/credentialId").asString(""))
        .toList();
  }

  /** The operations called so far, in order. */
  public List<String> calls() {
    return texts("/control/calls", "/operation");
  }

  public long calls(String operation) {
    return calls().stream().filter(operation::equals).count();
  }

  /** The times of all calls to an upstream's API so far, in order, without its token endpoint. */
  public List<Instant> callTimes(String upstream) {
    return callTimes(upstream, operation -> !operation.equals("token"));
  }

  /** The times of all calls to an operation of an upstream so far, in order. */
  public List<Instant> callTimes(String upstream, String operation) {
    return callTimes(upstream, operation::equals);
  }

  private List<Instant> callTimes(String upstream, Predicate<String> operation) {
    return items("/control/calls").stream()
        .filter(call -> call.at("/upstream").asString("").equals(upstream))
        .filter(call -> operation.test(call.at("/operation").asString("")))
        .map(call -> Instant.parse(call.at("/at").asString("")))
        .toList();
  }

  /** The X-Client-Request-ID of each call of an operation so far; empty where it had none. */
  public List<String> clientRequestIds(String operation) {
    return items("/control/calls").stream()
        .filter(call -> call.at("/operation").asString("").equals(operation))
        .map(call -> call.at("/clientRequestId").asString(""))
        .toList();
  }

  /** The number of calls of an operation with a valid token so far. */
  public long served(String operation) {
    return items("/control/calls").stream()
        .filter(call -> call.at("/operation").asString("").equals(operation))
        .filter(call -> call.at("/authenticated").asBoolean())
        .count();
  }

  /** Returns whether every call to a route of an upstream had a valid token. */
  public boolean wereAllAuthenticated() {
    return items("/control/calls").stream().allMatch(call -> call.at("/authenticated").asBoolean());
  }

  private List<String> texts(String path, String pointer) {
    return items(path).stream().map(item -> item.at(pointer).asString("")).toList();
  }

  private List<JsonNode> items(String path) {
    return http.get(path).body().valueStream().toList();
  }
}
