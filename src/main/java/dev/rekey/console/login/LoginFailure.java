package dev.rekey.console.login;

import java.util.Arrays;
import org.slf4j.event.Level;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;

/** Why a login failed, in words for the person. */
public enum LoginFailure {
  /** The issuer refused, or the person cancelled. */
  REFUSED(
      "denied",
      "Your identity provider did not log you in. If you did not cancel the login, ask Rekey's"
          + " operators whether you may use the console."),
  /** The cookie of the login is missing, or is of another login. */
  EXPIRED(
      "expired",
      "The login took longer than 15 minutes, or was begun in another browser. Log in again."),
  /** The issuer, or its keys, are unavailable. */
  UNAVAILABLE("unavailable", "Your identity provider does not respond. Log in again later."),
  /** The access token is not valid for Rekey. */
  NOT_FOR_REKEY(
      "not-for-rekey",
      "Your identity provider issued a token that is not for Rekey. Rekey's operators find the"
          + " reason in the log, and docs/console.md says how to set up the provider."),
  /** Anything else, such as a wrong client secret. */
  MISCONFIGURED(
      "misconfigured",
      "The console and your identity provider do not fit together. Rekey's operators find the"
          + " reason in the log.");

  private final String code;
  private final String text;

  LoginFailure(String code, String text) {
    this.code = code;
    this.text = text;
  }

  /** The value in the URL of the page that shows it. */
  String code() {
    return code;
  }

  /** How to log it: an operator has to mend some. */
  Level level() {
    return switch (this) {
      case REFUSED, EXPIRED -> Level.INFO;
      case UNAVAILABLE, NOT_FOR_REKEY, MISCONFIGURED -> Level.WARN;
    };
  }

  public String text() {
    return text;
  }

  /** The failure with this code; {@link #MISCONFIGURED} for an unknown one. */
  static LoginFailure of(String code) {
    return Arrays.stream(values())
        .filter(failure -> failure.code.equals(code))
        .findFirst()
        .orElse(MISCONFIGURED);
  }

  static LoginFailure of(AuthenticationException thrown) {
    if (thrown.getCause() instanceof AuthenticationServiceException
        || thrown instanceof AuthenticationServiceException) {
      return UNAVAILABLE;
    }
    if (!(thrown instanceof OAuth2AuthenticationException failed)) {
      return MISCONFIGURED;
    }
    return switch (failed.getError().getErrorCode()) {
      case "authorization_request_not_found" -> EXPIRED;
      case "access_denied", "login_required", "interaction_required", "consent_required" -> REFUSED;
      case "timeout", "temporarily_unavailable", "server_error" -> UNAVAILABLE;
      default -> of(failed.getError().getErrorCode());
    };
  }
}
