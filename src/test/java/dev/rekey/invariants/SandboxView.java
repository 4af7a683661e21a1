package dev.rekey.invariants;

import static dev.rekey.run.Json.json;

import dev.rekey.run.Http;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import sandbox.Sandbox;
import tools.jackson.databind.JsonNode;

/** The real state of the upstreams. */
final class SandboxView {

  private static final Pattern TAG = Pattern.compile("\\[rekey:([0-9a-f-]{36})]");

  private final Http http;

  SandboxView(Sandbox sandbox) {
    this.http = Http.at(sandbox.url());
  }

  /**
   * A credential at an upstream.
   *
   * @param attempt the attempt in its description's tag; null if there is no tag
   */
  record Seen(String upstream, String subject, String id, @Nullable UUID attempt) {

    boolean isOf(String name) {
      return upstream.equals(name);
    }

    boolean isOfAny(Set<UUID> attempts) {
      return attempt != null && attempts.contains(attempt);
    }
  }

  /** All minted credentials in their order, without the seeded ones. */
  List<Seen> mints() {
    return all("/control/mints");
  }

  List<Seen> live() {
    return all("/control/credentials");
  }

  boolean accepts(String clientId, String secret) {
    return http.post("/control/verify", json("clientId", clientId, "clientSecret", secret))
        .body()
        .at("/valid")
        .asBoolean();
  }

  private List<Seen> all(String path) {
    return http.get(path).body().valueStream().map(SandboxView::seen).toList();
  }

  private static Seen seen(JsonNode item) {
    var tag = TAG.matcher(item.at("/description").asString(""));
    return new Seen(
        item.at("/upstream").asString(""),
        item.at("/subject").asString(""),
        item.at("/credentialId").asString(""),
        tag.find() ? UUID.fromString(tag.group(1)) : null);
  }
}
