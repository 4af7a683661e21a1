package dev.rekey.access;

import dev.rekey.platform.RequestInfo;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The authenticated principal of one request, a parameter of controllers.
 *
 * @param id the token's {@code sub}
 * @param clientId the token's {@code client_id}, or null
 * @param teams the values of the team claim, in the token's order
 * @param route method and route, such as {@code GET /api/v1/credentials/{id}}; only the method if
 *     no route has the path
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
