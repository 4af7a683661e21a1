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
 * The ConductorOne tenant, and Rekey's own credential at it.
 *
 * @param apiUrl base of the API, such as {@code https://acme.conductor.one}
 * @param tokenUrl the token endpoint, such as {@code https://acme.conductor.one/auth/v1/token}
 * @param clientId {@code name@tenant-host/use}, whole
 * @param clientSecret if it is {@code secret-token:conductorone.com:v1:…}, Rekey signs an assertion
 *     with the key in it; anything else is posted as it is
 * @param rotation what a rotation does to the connector's older credentials, which ConductorOne
 *     documents nowhere; default replacing
 */
@Validated
@ConfigurationProperties("rekey.upstreams.conductorone")
record ConductorOneProperties(
    @NotNull URI apiUrl,
    @NotNull URI tokenUrl,
    @NotBlank
        @Pattern(regexp = "[^@/]+@[^@/]+/.+", message = "has to have the form name@tenant-host/use")
        String clientId,
    @NotBlank Secret clientSecret,
    @DefaultValue("REPLACING") Rotation rotation,
    @DefaultValue @Valid HttpLimits http) {

  /**
   * Throws a {@link dev.rekey.platform.settings.PropertyException} if the secret is a key that is
   * none.
   */
  ConductorOneProperties {
    // Which constraint is broken is for the validator to say, and it looks only afterwards.
    if (clientSecret != null && ClientAssertion.isSigningKey(clientSecret)) {
      ClientAssertion.with(clientSecret, "", "", Clock.systemUTC());
    }
  }

  /** What becomes of older credentials. */
  enum Rotation {
    /** They may end at once. */
    REPLACING,
    /** They live on until they are revoked. */
    ADDITIVE
  }

  /** The host in the client id, without a port: the audience of assertions. */
  String tenantHost() {
    String host = clientId.substring(clientId.indexOf('@') + 1);
    return host.substring(0, host.indexOf('/')).replaceFirst(":\\d+$", "");
  }
}
