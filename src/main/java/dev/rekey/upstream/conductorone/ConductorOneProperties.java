package dev.rekey.upstream.conductorone;

import dev.rekey.upstream.Secret;
import dev.rekey.upstream.http.HttpLimits;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.net.URI;
import java.time.Clock;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The ConductorOne tenant, and Rekey's own credential for it.
 *
 * @param apiUrl base URL of the API, such as {@code https://acme.conductor.one}
 * @param tokenUrl the token endpoint, such as {@code https://acme.conductor.one/auth/v1/token}
 * @param clientId the whole client id, {@code name@tenant.conductor.one/spc}
 * @param clientSecret a secret of the form {@code secret-token:conductorone.com:v1:…} holds a key
 *     that Rekey signs assertions with; any other secret is posted unchanged
 * @param rotation whether a rotation keeps the connector's older credentials valid, which
 *     ConductorOne does not document; default replacing
 */
@Validated
@ConfigurationProperties("rekey.upstreams.conductorone")
record ConductorOneProperties(
    @NotNull URI apiUrl,
    @NotNull URI tokenUrl,
    @NotBlank
        @Pattern(
            regexp = "[^@/]+@[^@/]+/.+",
            message = "has to have the form name@tenant.conductor.one/spc")
        String clientId,
    @NotBlank Secret clientSecret,
    @DefaultValue("REPLACING") Rotation rotation,
    @DefaultValue @Valid HttpLimits http) {

  /** Throws a {@code PropertyException} if the secret has the form of a signing key and is none. */
  ConductorOneProperties {
    // Bean Validation reports a missing secret, and runs only after this constructor.
    if (clientSecret != null && ClientAssertion.isSigningKey(clientSecret)) {
      ClientAssertion.with(clientSecret, "", "", Clock.systemUTC());
    }
  }

  /** The effect of a rotation on old credentials. */
  enum Rotation {
    /** They may be revoked at once. */
    REPLACING,
    /** They stay valid until they are revoked. */
    ADDITIVE
  }

  /** The host in the client id without the port, which is the audience of assertions. */
  String tenantHost() {
    String host = clientId.substring(clientId.indexOf('@') + 1);
    return host.substring(0, host.indexOf('/')).replaceFirst(":\\d+$", "");
  }
}
