package dev.rekey.access;

import dev.rekey.platform.RequestInfo;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The authenticated principal of one request. A controller gets it as a parameter.
 *
 * @param id the token's {@code sub}
 * @param clientId the OAuth client that got the token; null if the token does not tell
 * @param teams the values of the team claim, in the token's order
 * @param route what it calls, such as {@code GET /api/v1/credentials/{id}}; only the method if the
 *     path is no route's
 */
public record Caller(
    String id,
    @Nullable String clientId,
    List<String> teams,
    Set<String> scopes,
    RequestInfo request,
    String route) {

  boolean has(String scope) {
    return scopes.contains(scope);
  }
}
