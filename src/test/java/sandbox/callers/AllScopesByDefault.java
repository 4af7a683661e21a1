package sandbox.callers;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2ClientAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2ClientCredentialsAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.web.authentication.OAuth2ClientCredentialsAuthenticationConverter;
import org.springframework.security.web.authentication.AuthenticationConverter;

/** Grants all of the client's scopes to a request without a scope. Spring's default grants none. */
final class AllScopesByDefault implements AuthenticationConverter {
  private final AuthenticationConverter standard =
      new OAuth2ClientCredentialsAuthenticationConverter();

  @Override
  public @Nullable Authentication convert(HttpServletRequest request) {
    Authentication asked = standard.convert(request);
    return asked instanceof OAuth2ClientCredentialsAuthenticationToken token
            && token.getScopes().isEmpty()
            && token.getPrincipal() instanceof OAuth2ClientAuthenticationToken client
        ? withAllScopes(token, client)
        : asked;
  }

  private static Authentication withAllScopes(
      OAuth2ClientCredentialsAuthenticationToken token, OAuth2ClientAuthenticationToken client) {
    return new OAuth2ClientCredentialsAuthenticationToken(
        client, Caller.named(client.getName()).scopes(), token.getAdditionalParameters());
  }
}
