package sandbox.gateway;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import sandbox.wire.Call;
import sandbox.wire.Json;
import sandbox.wire.RandomText;
import sandbox.wire.Response;

/**
 * The access tokens that one upstream has issued. They are opaque, and valid until they expire or
 * all are revoked. Revoked tokens can be made valid again.
 */
public final class AccessTokens {
  private final Map<String, Grant> grants = new ConcurrentHashMap<>();
  private final Map<String, Grant> revoked = new ConcurrentHashMap<>();
  private final Queue<String> issued = new ConcurrentLinkedQueue<>();
  private final Duration lifetime;

  public AccessTokens(Duration lifetime) {
    this.lifetime = lifetime;
  }

  /**
   * The rights of a token.
   *
   * @param manages whether the holder may use the management API
   */
  public record Grant(boolean manages, Instant expiresAt) {}

  /** The response of a token endpoint, as both vendors document it. */
  public Response issue(boolean manages) {
    Instant now = Instant.now();
    grants.values().removeIf(grant -> grant.expiresAt().isBefore(now));
    revoked.values().removeIf(grant -> grant.expiresAt().isBefore(now));
    String token = RandomText.alphanumeric(43);
    issued.add(token);
    grants.put(token, new Grant(manages, now.plus(lifetime)));
    return Response.ok(
            Json.object()
                .put("access_token", token)
                .put("token_type", "Bearer")
                .put("expires_in", lifetime.toSeconds()))
        .withHeader("Cache-Control", "no-store");
  }

  public Optional<Grant> of(Call call) {
    return call.header("Authorization")
        .filter(header -> header.regionMatches(true, 0, "Bearer ", 0, 7))
        .map(header -> grants.get(header.substring(7).strip()))
        .filter(grant -> grant.expiresAt().isAfter(Instant.now()));
  }

  /** All tokens so far, also those that are no longer valid. */
  public List<String> issued() {
    return List.copyOf(issued);
  }

  public void revokeAll() {
    revoked.putAll(grants);
    grants.clear();
  }

  /** Makes the revoked tokens valid again, until they expire. */
  public void restoreAll() {
    grants.putAll(revoked);
    revoked.clear();
  }
}
