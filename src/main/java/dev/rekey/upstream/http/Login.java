package dev.rekey.upstream.http;

import org.jspecify.annotations.Nullable;
import org.springframework.core.convert.converter.Converter;
import org.springframework.security.oauth2.client.endpoint.OAuth2ClientCredentialsGrantRequest;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.util.MultiValueMap;

/**
 * Rekey's own login at an upstream's token endpoint. Never prints its secret.
 *
 * @param parameters additional form parameters of each token request; null if there are none
 */
public record Login(
    ClientRegistration registration,
    @Nullable Converter<OAuth2ClientCredentialsGrantRequest, MultiValueMap<String, String>>
        parameters) {

  @Override
  public String toString() {
    return "<redacted>";
  }
}
