package sandbox.keycard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static sandbox.wire.ErrorShape.OAUTH;

import java.net.URLDecoder;
import java.util.Base64;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;
import sandbox.gateway.Gateway.Endpoint;
import sandbox.wire.Call;
import sandbox.wire.ErrorShape;
import sandbox.wire.Parameters;
import sandbox.wire.Refusal;

/**
 * The token endpoint. It accepts a form; the client authenticates with Basic or in the form, not
 * both.
 */
@Component
final class KeycardTokens {
  private final ServiceAccounts accounts;
  private final KeycardAccess access;

  KeycardTokens(ServiceAccounts accounts, KeycardAccess access) {
    this.accounts = accounts;
    this.access = access;
  }

  /** Contains a caller's secret. Never printed. */
  private static final class Login {
    final String id;
    final String secret;

    Login(String id, String secret) {
      this.id = id;
      this.secret = secret;
    }
  }

  Endpoint admit(Call call) {
    Parameters form = form(call);
    Login login = login(call, form);
    boolean manages =
        login.id.equals(KeycardClients.CLIENT_ID) && access.secret().matches(login.secret);
    if (!manages && !accounts.verify(login.id, login.secret)) {
      throw OAUTH.refusal(401, "Unknown client or wrong secret");
    }
    return _ -> {
      accounts.used(login.id);
      return access.tokens().issue(manages);
    };
  }

  private static Parameters form(Call call) {
    if (!call.isForm()) {
      throw OAUTH.refusal(400, "The body must be a form");
    }
    Parameters form = decoded(call);
    if (Stream.of("grant_type", "client_id", "client_secret").anyMatch(form::repeats)) {
      throw OAUTH.refusal(400, "A parameter is repeated");
    }
    String grant =
        form.first("grant_type").orElseThrow(() -> OAUTH.refusal(400, "grant_type is missing"));
    if (!grant.equals("client_credentials")) {
      throw new Refusal(
          ErrorShape.oauth(400, "unsupported_grant_type", "Only client_credentials is simulated"));
    }
    return form;
  }

  private static Parameters decoded(Call call) {
    try {
      return call.form();
    } catch (IllegalArgumentException _) {
      throw OAUTH.refusal(400, "The body must be a well-formed form");
    }
  }

  private static Login login(Call call, Parameters form) {
    Optional<String> header = call.header("Authorization");
    if (header.isPresent() && form.first("client_secret").isPresent()) {
      throw OAUTH.refusal(400, "The client authenticates in two ways at once");
    }
    return header
        .map(KeycardTokens::basic)
        .orElseGet(
            () ->
                new Login(
                    form.first("client_id").orElse(""), form.first("client_secret").orElse("")));
  }

  private static Login basic(String header) {
    try {
      String pair =
          new String(Base64.getDecoder().decode(header.replaceFirst("(?i)^Basic ", "")), UTF_8);
      int colon = pair.indexOf(':');
      if (colon > 0) {
        return new Login(
            URLDecoder.decode(pair.substring(0, colon), UTF_8),
            URLDecoder.decode(pair.substring(colon + 1), UTF_8));
      }
    } catch (IllegalArgumentException _) {
      // Refused below, like any other header that is not Basic.
    }
    throw OAUTH.refusal(401, "Authorization must be Basic");
  }
}
