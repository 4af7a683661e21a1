package dev.rekey.upstream.http;

import org.jspecify.annotations.Nullable;
import org.springframework.core.convert.converter.Converter;
import org.springframework.security.oauth2.client.endpoint.OAuth2ClientCredentialsGrantRequest;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.util.MultiValueMap;

/** Rekey's own login at an upstream's token endpoint. Never prints its secret. */
public final class Login {

  private final ClientRegistration registration;
  private final @Nullable
      Converter<OAuth2ClientCredentialsGrantRequest, MultiValueMap<String, String>>
      parameters;

  private Login(
      ClientRegistration registration,
      @Nullable Converter<OAuth2ClientCredentialsGrantRequest, MultiValueMap<String, String>>
          parameters) {
    this.registration = registration;
    this.parameters = parameters;
  }

  /** A login with the client secret of the registration. */
  public static Login of(ClientRegistration registration) {
    return new Login(registration, null);
  }

  /**
   * A login by a client assertion.
   *
   * @param parameters returns additional form parameters for each token request
   */
  public static Login of(
      ClientRegistration registration,
      Converter<OAuth2ClientCredentialsGrantRequest, MultiValueMap<String, String>> parameters) {
    return new Login(registration, parameters);
  }

  ClientRegistration registration() {
    return registration;
  }

  @Nullable Converter<OAuth2ClientCredentialsGrantRequest, MultiValueMap<String, String>>
      parameters() {
    return parameters;
  }

  @Override
  public String toString() {
    return "<redacted>";
  }
}
