package dev.rekey.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.run.Http.Answer;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import sandbox.Sandbox;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Controls and inspects the sandbox's API server of Kubernetes in tests. */
public final class KubernetesControl {

  private static final String OBJECTS = "/control/kubernetes/objects";
  private static final String FAULTS = "/control/kubernetes/faults";

  private final Http http;
  private final URI apiServer;

  public KubernetesControl(Sandbox sandbox) {
    this.http = Http.at(sandbox.url());
    this.apiServer = URI.create(sandbox.url() + "/kubernetes");
  }

  /** The master URL of the API server. Its token is {@link Sandbox#KUBERNETES_TOKEN}. */
  public URI apiServer() {
    return apiServer;
  }

  /** Creates a Secret or workload, or replaces the whole one of that name. */
  public void put(String manifest) {
    assertDone(http.post(OBJECTS, manifest));
  }

  /** Creates or replaces an Opaque Secret of these texts. */
  public void putSecret(
      String namespace, String name, Map<String, String> annotations, Map<String, String> data) {
    put(
        Json.json(
            "kind",
            "Secret",
            "metadata",
            metadata(namespace, name, annotations),
            "stringData",
            data));
  }

  /**
   * Creates or replaces a workload.
   *
   * @param kind such as {@code Deployment}
   */
  public void putWorkload(String kind, String namespace, String name) {
    put(
        Json.json(
            "kind", kind,
            "metadata", metadata(namespace, name, Map.of()),
            "spec", Map.of("template", Map.of("metadata", Map.of("labels", Map.of())))));
  }

  private static Map<String, Object> metadata(
      String namespace, String name, Map<String, String> annotations) {
    return Map.of("namespace", namespace, "name", name, "annotations", annotations);
  }

  /** Deletes an object, which has to exist. */
  public void delete(String resource, String namespace, String name) {
    assertDone(http.delete(path(resource, namespace, name)));
  }

  /** A Secret. It does not print its data, which is decoded. */
  public record Secret(
      Map<String, String> data, Map<String, String> annotations, String resourceVersion) {

    @Override
    public String toString() {
      return "Secret[keys=" + data.keySet() + ", annotations=" + annotations + "]";
    }
  }

  public Optional<Secret> secret(String namespace, String name) {
    return object("secrets", namespace, name)
        .map(
            secret ->
                new Secret(
                    texts(secret.path("data")),
                    texts(secret.at("/metadata/annotations")),
                    secret.at("/metadata/resourceVersion").asString("")));
  }

  /** Any object as the server stores it, but for the values of a Secret, which are decoded. */
  public Optional<JsonNode> object(String resource, String namespace, String name) {
    Answer answer = http.get(path(resource, namespace, name));
    return answer.status() == 200 ? Optional.of(answer.body()) : Optional.empty();
  }

  /** The annotations of the pods of a workload. */
  public Map<String, String> podAnnotations(String resource, String namespace, String name) {
    return texts(
        object(resource, namespace, name).orElseThrow().at("/spec/template/metadata/annotations"));
  }

  /** The events in a namespace, in the order of their creation. */
  public List<JsonNode> events(String namespace) {
    return items(OBJECTS)
        .filter(object -> object.path("kind").asString("").equals("Event"))
        .filter(object -> object.at("/metadata/namespace").asString("").equals(namespace))
        .toList();
  }

  /** How often the pods of a workload were replaced since it was created. */
  public int rollouts(String resource, String namespace, String name) {
    return items("/control/kubernetes/rollouts")
        .filter(
            workload ->
                workload.path("resource").asString("").equals(resource)
                    && workload.path("namespace").asString("").equals(namespace)
                    && workload.path("name").asString("").equals(name))
        .mapToInt(workload -> workload.path("rollouts").asInt())
        .findFirst()
        .orElseThrow();
  }

  /** A rule of a Role. Without resource names it is for all. */
  public record Rule(
      String namespace,
      String apiGroup,
      String resource,
      List<String> resourceNames,
      List<String> verbs) {}

  public List<Rule> rules() {
    return items("/control/kubernetes/rules")
        .map(
            rule ->
                new Rule(
                    rule.path("namespace").asString(""),
                    rule.path("apiGroup").asString(""),
                    rule.path("resource").asString(""),
                    list(rule.path("resourceNames")),
                    list(rule.path("verbs"))))
        .toList();
  }

  /** Replaces all rules. Without any, everything is forbidden. */
  public void rules(List<Rule> rules) {
    assertDone(
        http.post("/control/kubernetes/rules", JsonMapper.shared().writeValueAsString(rules)));
  }

  /**
   * Injects a fault into requests. The remaining arguments are members of a JSON object: {@link
   * Control#status}, {@link Control#times}, {@link Control#delayMs}, {@link Control#retryAfter},
   * {@link #dryRun}.
   *
   * @param verb such as {@code patch}
   * @param resource such as {@code secrets}
   */
  public void fault(String verb, String resource, String fault, String... more) {
    faultAnywhere(
        fault,
        Stream.concat(
                Stream.of("\"verb\":\"" + verb + "\"", "\"resource\":\"" + resource + "\""),
                Arrays.stream(more))
            .toArray(String[]::new));
  }

  /** Same, for all verbs and resources. */
  public void faultAnywhere(String fault, String... more) {
    var members = new ArrayList<String>(List.of(more));
    members.add("\"fault\":\"" + fault + "\"");
    assertDone(http.post(FAULTS, "{" + String.join(",", members) + "}"));
  }

  /** A field of {@link #fault}: whether it is for dry runs only, or for others only. */
  public static String dryRun(boolean only) {
    return "\"dryRun\":" + only;
  }

  public void clearFaults() {
    http.delete(FAULTS);
  }

  /** Resets the connection of each request until {@link #up}. */
  public void down() {
    http.post("/control/kubernetes/down", "{}");
  }

  public void up() {
    http.post("/control/kubernetes/up", "{}");
  }

  /**
   * One request.
   *
   * @param path without query, below {@link #apiServer}
   * @param status of the response; null if there is none
   * @param touched the innermost paths of a patch
   */
  public record Request(
      String verb,
      String apiGroup,
      String resource,
      String namespace,
      String name,
      String path,
      boolean dryRun,
      @Nullable Integer status,
      Set<String> touched) {

    /** Such as {@code patch secrets identity/okta-connector}. */
    public String what() {
      return "%s %s %s/%s".formatted(verb, resource, namespace, name);
    }
  }

  /** All requests in the order of arrival, also the refused ones. */
  public List<Request> requests() {
    return items("/control/kubernetes/requests").map(KubernetesControl::request).toList();
  }

  public void clearRequests() {
    http.delete("/control/kubernetes/requests");
  }

  private static Request request(JsonNode json) {
    JsonNode status = json.path("status");
    return new Request(
        json.path("verb").asString(""),
        json.path("apiGroup").asString(""),
        json.path("resource").asString(""),
        json.path("namespace").asString(""),
        json.path("name").asString(""),
        json.path("path").asString(""),
        json.path("dryRun").asBoolean(),
        status.isNull() ? null : status.asInt(),
        new LinkedHashSet<>(list(json.path("touched"))));
  }

  private static String path(String resource, String namespace, String name) {
    return "%s/%s/%s/%s".formatted(OBJECTS, resource, namespace, name);
  }

  private static Map<String, String> texts(JsonNode object) {
    var texts = new LinkedHashMap<String, String>();
    object.properties().forEach(member -> texts.put(member.getKey(), member.getValue().asString()));
    return texts;
  }

  private static List<String> list(JsonNode array) {
    return array.valueStream().map(JsonNode::asString).toList();
  }

  private Stream<JsonNode> items(String path) {
    return http.get(path).body().valueStream();
  }

  private static void assertDone(Answer answer) {
    assertThat(answer.status()).as(answer.raw().body()).isLessThan(300);
  }
}
