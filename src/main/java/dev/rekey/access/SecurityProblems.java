package dev.rekey.access;

import static java.util.Map.entry;

import dev.rekey.platform.problem.ProblemType;
import dev.rekey.platform.problem.Problems;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authorization.AuthorityAuthorizationDecision;
import org.springframework.security.authorization.AuthorizationDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.jwt.JwtValidationException;
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

  private static final Logger log = LoggerFactory.getLogger(SecurityProblems.class);

  private static final String NO_TOKEN =
      "Send Authorization: Bearer with an access token that your issuer issued for Rekey.";

  private static final String SEVERAL_HEADERS = "Send one Authorization header with one token.";

  // The messages of Spring Security's validators and of SecurityConfiguration, and Rekey's details.
  private static final List<Map.Entry<String, String>> FAULTS =
      List.of(
          entry("Jwt expired at", "The access token has expired."),
          entry("Jwt used before", "The access token is not valid yet."),
          entry("The iss claim", "The access token is from another issuer."),
          entry("The aud claim", "The access token is for another audience than Rekey."),
          entry(SecurityConfiguration.INCOMPLETE, "The access token has no sub or no exp."));

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
    if (thrown instanceof OAuth2AuthenticationException failed
        && failed.getError().getErrorCode().equals(BearerTokenErrorCodes.INVALID_REQUEST)) {
      problems.write(ProblemType.MALFORMED_URL.with(SEVERAL_HEADERS), request, response);
      return;
    }
    boolean isBadToken = thrown instanceof OAuth2AuthenticationException;
    String detail = isBadToken ? faults(thrown.getCause()) : NO_TOKEN;
    // Without a token there is no error attribute.
    String challenge =
        isBadToken
            ? "Bearer error=\"invalid_token\", error_description=\"" + detail + "\""
            : "Bearer";
    problems.write(
        ProblemType.UNAUTHENTICATED
            .with(isBadToken ? detail + " Get a new token and repeat the request." : detail)
            .header(HttpHeaders.WWW_AUTHENTICATE, challenge),
        request,
        response);
  }

  /** Called where a token was sent. Unlike Spring Security's own, it has a response for no keys. */
  @Override
  public void onAuthenticationFailure(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException thrown)
      throws IOException {
    if (thrown instanceof AuthenticationServiceException) {
      log.warn("The issuer of access tokens does not respond: {}", thrown.getMessage());
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

  private static String faults(@Nullable Throwable cause) {
    if (!(cause instanceof JwtValidationException invalid)) {
      return "The access token is not a JWT that its issuer has signed.";
    }
    String faults =
        FAULTS.stream()
            .filter(
                fault ->
                    invalid.getErrors().stream()
                        .map(OAuth2Error::getDescription)
                        .filter(Objects::nonNull)
                        .anyMatch(description -> description.startsWith(fault.getKey())))
            .map(Map.Entry::getValue)
            .collect(Collectors.joining(" "));
    return faults.isEmpty() ? "A claim of the access token is invalid." : faults;
  }
}
