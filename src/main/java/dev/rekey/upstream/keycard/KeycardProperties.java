package dev.rekey.upstream.keycard;

import dev.rekey.platform.PathId;
import dev.rekey.upstream.Secret;
import dev.rekey.upstream.http.HttpLimits;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Keycard, the organizations in it that Rekey serves, and Rekey's own credential at it.
 *
 * @param apiUrl base of the API; in production {@code https://api.keycard.ai}
 * @param tokenUrl the token endpoint; it does not follow from the API's base
 * @param clientId sent with the secret by HTTP Basic
 * @param organizations all others do not exist for Rekey's callers
 */
@Validated
@ConfigurationProperties("rekey.upstreams.keycard")
record KeycardProperties(
    @DefaultValue("https://api.keycard.ai") URI apiUrl,
    @DefaultValue("https://api.keycard.ai/service-account-token") URI tokenUrl,
    @NotBlank String clientId,
    @NotBlank Secret clientSecret,
    @NotEmpty List<@Valid Organization> organizations,
    @DefaultValue @Valid HttpLimits http) {

  /**
   * One organization.
   *
   * @param id the name that locks, grants and history use
   * @param labels other names that callers may use for it
   */
  record Organization(@NotNull PathId id, @DefaultValue List<String> labels) {}
}
