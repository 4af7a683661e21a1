package dev.rekey.access;

import dev.rekey.access.issuer.RefusedToken;
import dev.rekey.platform.problem.ProblemException;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.platform.problem.Problems;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authorization.AuthorityAuthorizationDecision;
import org.springframework.security.authorization.AuthorizationDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.server.resource.BearerTokenErrorCodes;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.authentication.AuthenticationFailureHandler;
import org.springframework.stereotype.Component;

/**
 * Responds to a request without a valid access token (RFC 6750 section 3), in words of Rekey's:
 * those of the libraries may quote it. Also responds to a token that lacks the route's scope.
 */
@Component
class SecurityProblems
    implements AuthenticationEntryPoint, AuthenticationFailureHandler, AccessDeniedHandler {

  private static final String SEND_ONE =
      "Send Authorization: Bearer with an access token that your issuer issued for Rekey.";

  private static final String SEVERAL_HEADERS = "Send one Authorization header with one token.";

  private static final String MALFORMED =
      "The Authorization header has to be Bearer, a space and an access token.";

  private final Problems problems;
  private final CallerArgument callers;
  private final Access.DenialListener denials;

  SecurityProblems(Problems problems, CallerArgument callers, Access.DenialListener denials) {
    this.problems = problems;
    this.callers = callers;
    this.denials = denials;
  }

  /** Called where a token is required. There is none, or its verification has failed. */
  @Override
  public void commence(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException thrown)
      throws IOException {
    if (thrown instanceof OAuth2AuthenticationException wrong
        && wrong.getError().getErrorCode().equals(BearerTokenErrorCodes.INVALID_REQUEST)) {
      problems.write(ProblemType.MALFORMED_URL.with(SEVERAL_HEADERS), request, response);
      return;
    }
    problems.write(
        thrown instanceof OAuth2AuthenticationException failed
            ? refused(reason(failed))
            : missing(request),
        request,
        response);
  }

  // Without a token there is no error attribute.
  private static ProblemException missing(HttpServletRequest request) {
    String what =
        request.getHeader(HttpHeaders.AUTHORIZATION) == null
            ? "There is no Authorization header. "
            : "The Authorization header has no Bearer token. ";
    return ProblemType.UNAUTHENTICATED
        .with(what + SEND_ONE)
        .header(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
  }

  private static ProblemException refused(String reason) {
    String quotable = reason.replaceAll("[^\\x20-\\x7E]|[\"\\\\]", "?");
    return ProblemType.UNAUTHENTICATED
        .with(reason + " Get a new token and repeat the request.")
        .header(
            HttpHeaders.WWW_AUTHENTICATE,
            "Bearer error=\"invalid_token\", error_description=\"" + quotable + "\"");
  }

  private static String reason(OAuth2AuthenticationException failed) {
    return failed.getCause() instanceof RefusedToken refused
        ? String.valueOf(refused.getMessage())
        : MALFORMED;
  }

  /** Called where a token was sent. Unlike Spring Security's own, it has a response for no keys. */
  @Override
  public void onAuthenticationFailure(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException thrown)
      throws IOException {
    if (thrown instanceof AuthenticationServiceException) {
      problems.write(
          ProblemType.ISSUER_UNAVAILABLE.with(
              "The issuer of access tokens does not respond. Nothing was done; repeat the request"
                  + " later."),
          request,
          response);
    } else {
      commence(request, response, thrown);
    }
  }

  /** Called where the token lacks the scope of the route. */
  @Override
  public void handle(
      HttpServletRequest request, HttpServletResponse response, AccessDeniedException thrown)
      throws IOException {
    String scope = scope(thrown);
    var authentication = SecurityContextHolder.getContext().getAuthentication();
    if (authentication != null) {
      denials.denied(
          callers.caller(authentication, request),
          null,
          "scope " + scope + " is missing for " + request.getMethod());
    }
    problems.write(Access.outOfScope(scope), request, response);
  }

  private static String scope(AccessDeniedException thrown) {
    return thrown instanceof AuthorizationDeniedException denied
            && denied.getAuthorizationResult() instanceof AuthorityAuthorizationDecision decision
        ? RouteScope.of(decision.getAuthorities()).findFirst().orElse("")
        : "";
  }
}
