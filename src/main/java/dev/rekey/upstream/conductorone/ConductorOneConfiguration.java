package dev.rekey.upstream.conductorone;

import dev.rekey.upstream.http.UpstreamClients;
import dev.rekey.upstream.http.UpstreamClients.Client;
import dev.rekey.upstream.http.UpstreamClients.Login;
import dev.rekey.upstream.http.UpstreamHttp;
import java.time.Clock;
import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.endpoint.OAuth2ParameterNames;
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
    Client<ConductorOneApi> client =
        clients.client(
            ConductorOneApi.class,
            properties.apiUrl(),
            properties.http(),
            properties,
            configured -> login(configured, clock));
    return new ConductorOne(client, new UpstreamHttp(properties.http()), properties);
  }

  private static Login login(ConductorOneProperties properties, Clock clock) {
    var registration =
        ClientRegistration.withRegistrationId(ConductorOne.NAME.value())
            .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
            .tokenUri(properties.tokenUrl().toString())
            .clientId(properties.clientId());
    if (!ClientAssertion.isSigningKey(properties.clientSecret())) {
      return new Login(
          registration
              .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_POST)
              .clientSecret(properties.clientSecret().reveal())
              .build(),
          null);
    }
    // Spring's assertion converter supports neither EdDSA nor an audience other than the token URL.
    var assertion =
        ClientAssertion.with(
            properties.clientSecret(), properties.clientId(), properties.tenantHost(), clock);
    return new Login(
        registration.clientAuthenticationMethod(ClientAuthenticationMethod.PRIVATE_KEY_JWT).build(),
        _ ->
            MultiValueMap.fromSingleValue(
                Map.of(
                    OAuth2ParameterNames.CLIENT_ASSERTION_TYPE,
                    JWT_BEARER,
                    OAuth2ParameterNames.CLIENT_ASSERTION,
                    assertion.sign())));
  }
}
