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
 * Keycard, the organizations that Rekey serves, and Rekey's own credential for it.
 *
 * @param apiUrl base URL of the API; in production {@code https://api.keycard.ai}
 * @param tokenUrl the token endpoint, which is independent of {@code apiUrl}
 * @param clientId sent with {@code clientSecret} by HTTP Basic
 * @param organizations the organizations that callers can use
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
   * @param id the organization's id, used in locks, grants and history
   * @param labels aliases that callers may use
   */
  record Organization(
      @NotNull(message = "the id of an organization that Rekey serves, such as acme") PathId id,
      @DefaultValue List<String> labels) {}
}
