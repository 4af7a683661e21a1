package dev.rekey.upstream.keycard;

import dev.rekey.upstream.http.UpstreamClients;
import dev.rekey.upstream.http.UpstreamClients.Client;
import dev.rekey.upstream.http.UpstreamClients.Login;
import dev.rekey.upstream.http.UpstreamHttp;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;

/** Configures Keycard. Its token endpoint uses HTTP Basic (keycard-python, _oauth2.py). */
@Configuration(proxyBeanMethods = false)
class KeycardConfiguration {

  @Bean
  Keycard keycard(KeycardProperties properties, UpstreamClients clients) {
    Client<KeycardApi> client =
        clients.client(
            KeycardApi.class,
            properties.apiUrl(),
            properties.http(),
            properties,
            KeycardConfiguration::login,
            new ClientRequestIds());
    return new Keycard(client, new UpstreamHttp(properties.http()), properties);
  }

  private static Login login(KeycardProperties properties) {
    return new Login(
        ClientRegistration.withRegistrationId(Keycard.NAME.value())
            .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
            .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
            .tokenUri(properties.tokenUrl().toString())
            .clientId(properties.clientId())
            .clientSecret(properties.clientSecret().reveal())
            .build(),
        null);
  }
}
