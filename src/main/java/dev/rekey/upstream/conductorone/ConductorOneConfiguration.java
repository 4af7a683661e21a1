package dev.rekey.upstream.conductorone;

import dev.rekey.upstream.http.Login;
import dev.rekey.upstream.http.UpstreamClients;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.convert.converter.Converter;
import org.springframework.security.oauth2.client.endpoint.OAuth2ClientCredentialsGrantRequest;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.endpoint.OAuth2ParameterNames;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;

/**
 * Configures ConductorOne. Its token endpoint accepts a client secret or a signed assertion, in the
 * form body only (ConductorOne docs, authenticate).
 */
@Configuration(proxyBeanMethods = false)
class ConductorOneConfiguration {

  private static final String JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

  @Bean
  ConductorOne conductorOne(
      ConductorOneProperties properties, UpstreamClients clients, Clock clock) {
    ConductorOneApi api =
        clients.client(
            ConductorOneApi.class,
            properties.apiUrl(),
            properties.http(),
            properties,
            configured -> login(configured, clock));
    return new ConductorOne(api, clients.http(properties.http()), properties);
  }

  private static Login login(ConductorOneProperties properties, Clock clock) {
    var registration =
        ClientRegistration.withRegistrationId(ConductorOne.NAME.value())
            .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
            .tokenUri(properties.tokenUrl().toString())
            .clientId(properties.clientId());
    return ClientAssertion.isSigningKey(properties.clientSecret())
        ? new Login(
            registration
                .clientAuthenticationMethod(ClientAuthenticationMethod.PRIVATE_KEY_JWT)
                .build(),
            assertion(properties, clock))
        : new Login(
            registration
                .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_POST)
                .clientSecret(properties.clientSecret().reveal())
                .build(),
            null);
  }

  // Spring's assertion converter supports neither EdDSA nor an audience other than the token URL.
  private static Converter<OAuth2ClientCredentialsGrantRequest, MultiValueMap<String, String>>
      assertion(ConductorOneProperties properties, Clock clock) {
    var assertion =
        ClientAssertion.with(
            properties.clientSecret(), properties.clientId(), properties.tenantHost(), clock);
    return _ -> {
      var form = new LinkedMultiValueMap<String, String>();
      form.add(OAuth2ParameterNames.CLIENT_ASSERTION_TYPE, JWT_BEARER);
      form.add(OAuth2ParameterNames.CLIENT_ASSERTION, assertion.sign());
      return form;
    };
  }
}
