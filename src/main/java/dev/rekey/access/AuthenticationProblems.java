package dev.rekey.access;

import dev.rekey.platform.problem.ProblemType;
import dev.rekey.platform.problem.Problems;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.jwt.JwtValidationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.authentication.AuthenticationFailureHandler;
import org.springframework.stereotype.Component;

/**
 * Responds to a request without a valid access token (RFC 6750 section 3). Says what is wrong with
 * the token in words of Rekey's: those of the libraries may quote it.
 */
@Component
class AuthenticationProblems implements AuthenticationEntryPoint, AuthenticationFailureHandler {

  private static final Logger log = LoggerFactory.getLogger(AuthenticationProblems.class);

  private static final String NO_TOKEN =
      "Send Authorization: Bearer with an access token that your issuer issued for Rekey.";
  private static final String UNREADABLE =
      "The access token is not a JWT that its issuer has signed.";

  // The messages of Spring Security's validators and of SecurityConfiguration, and Rekey's details.
  private static final Map<String, String> FAULTS = new LinkedHashMap<>();

  static {
    FAULTS.put("Jwt expired at", "The access token has expired.");
    FAULTS.put("Jwt used before", "The access token is not valid yet.");
    FAULTS.put("The iss claim", "The access token is from another issuer.");
    FAULTS.put("The aud claim", "The access token is for another audience than Rekey.");
    FAULTS.put(SecurityConfiguration.INCOMPLETE, "The access token has no sub or no exp.");
  }

  private final Problems problems;

  AuthenticationProblems(Problems problems) {
    this.problems = problems;
  }

  /** Called where a token is required. There is none, or its verification has failed. */
  @Override
  public void commence(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException thrown)
      throws IOException {
    boolean isBadToken = thrown instanceof OAuth2AuthenticationException;
    String detail = isBadToken ? fault(thrown.getCause()) : NO_TOKEN;
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

  private static String fault(@Nullable Throwable cause) {
    return cause instanceof JwtValidationException invalid
        ? faults(invalid.getErrors())
        : UNREADABLE;
  }

  private static String faults(Collection<OAuth2Error> errors) {
    String faults =
        FAULTS.entrySet().stream()
            .filter(
                fault ->
                    errors.stream()
                        .map(OAuth2Error::getDescription)
                        .filter(Objects::nonNull)
                        .anyMatch(description -> description.startsWith(fault.getKey())))
            .map(Map.Entry::getValue)
            .collect(Collectors.joining(" "));
    return faults.isEmpty() ? "A claim of the access token is invalid." : faults;
  }
}
