package dev.rekey.access;

import dev.rekey.platform.RequestInfo;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The authenticated principal of one request, a parameter of controllers.
 *
 * @param id identifies the caller among those of all issuers: the token's {@code sub}, with the
 *     issuer's name in front unless it is the default issuer
 * @param issuer the name of the token's issuer
 * @param kind whether a person or a program calls
 * @param clientId the client that the token names, or null
 * @param teams the teams that the token names, in its order, each with the issuer's name in front
 *     unless it is the default issuer
 * @param route method and route, such as {@code GET /api/v1/credentials/{id}}; only the method if
 *     no route has the path
 */
public record Caller(
    String id,
    String issuer,
    Kind kind,
    @Nullable String clientId,
    List<String> teams,
    Set<String> scopes,
    RequestInfo request,
    String route) {

  /** Whether a person or a program calls, as far as the token says. */
  public enum Kind {
    PERSON,
    PROGRAM
  }

  boolean has(String scope) {
    return scopes.contains(scope);
  }
}
