package sandbox.conductorone;

import static sandbox.wire.ErrorShape.OAUTH;

import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;
import sandbox.gateway.Gateway.Endpoint;
import sandbox.gateway.OwnSecret;
import sandbox.wire.Call;
import sandbox.wire.ErrorShape;
import sandbox.wire.Parameters;
import sandbox.wire.Refusal;
import sandbox.wire.SecretText;

/**
 * The token endpoint. It accepts a form with either the whole client secret or a signed assertion,
 * and rejects an Authorization header (ConductorOne docs, authenticate).
 */
@Component
final class ConductorOneTokens {
  private static final String ASSERTION_TYPE =
      "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
  private static final List<String> ONCE =
      List.of(
          "grant_type", "client_id", "client_secret", "client_assertion_type", "client_assertion");

  private final Connectors connectors;
  private final Assertions assertions;
  private final ConductorOneAccess access;

  ConductorOneTokens(Connectors connectors, Assertions assertions, ConductorOneAccess access) {
    this.connectors = connectors;
    this.assertions = assertions;
    this.access = access;
  }

  Endpoint admit(Call call) {
    if (call.header("Authorization").isPresent()) {
      throw OAUTH.refusal(401, "The client authenticates in the body, not in a header");
    }
    Parameters form = form(call);
    String clientId = required(form, "client_id");
    Optional<OwnSecret> own = access.secretOf(clientId);
    List<SecretText> secrets =
        own.map(OwnSecret::good)
            .or(() -> connectors.secretOf(clientId).map(List::of))
            .orElseThrow(() -> OAUTH.refusal(401, "Unknown client"));
    authenticate(form, clientId, secrets);
    return _ -> {
      connectors.used(clientId);
      return access.tokens().issue(own.isPresent());
    };
  }

  private static Parameters form(Call call) {
    if (!call.isForm()) {
      throw OAUTH.refusal(400, "The body must be a form");
    }
    Parameters form = decoded(call);
    if (ONCE.stream().anyMatch(form::repeats)) {
      throw OAUTH.refusal(400, "A parameter is repeated");
    }
    if (!required(form, "grant_type").equals("client_credentials")) {
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

  private void authenticate(Parameters form, String clientId, List<SecretText> secrets) {
    Optional<String> assertion = form.first("client_assertion");
    Optional<String> posted = form.first("client_secret");
    if (assertion.isPresent() == posted.isPresent()) {
      throw OAUTH.refusal(400, "Send either client_secret or client_assertion");
    }
    posted
        .filter(candidate -> secrets.stream().noneMatch(secret -> secret.matches(candidate)))
        .ifPresent(
            _ -> {
              throw OAUTH.refusal(401, "Wrong client_secret");
            });
    assertion.ifPresent(jws -> verify(form, clientId, secrets, jws));
  }

  private void verify(Parameters form, String clientId, List<SecretText> secrets, String jws) {
    if (!form.first("client_assertion_type").filter(ASSERTION_TYPE::equals).isPresent()) {
      throw OAUTH.refusal(400, "client_assertion_type must say jwt-bearer");
    }
    List<Optional<String>> objections =
        secrets.stream().map(secret -> objection(jws, clientId, secret)).toList();
    if (objections.stream().allMatch(Optional::isPresent)) {
      throw OAUTH.refusal(401, objections.getFirst().orElseThrow());
    }
  }

  private Optional<String> objection(String jws, String clientId, SecretText secret) {
    return KeySecret.publicKey(secret)
        .map(key -> assertions.objection(jws, clientId, key))
        .orElse(Optional.of("This client has no key"));
  }

  private static String required(Parameters form, String name) {
    return form.first(name)
        .filter(value -> !value.isEmpty())
        .orElseThrow(() -> OAUTH.refusal(400, name + " is missing"));
  }
}
