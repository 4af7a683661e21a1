package dev.rekey.upstream.http;

import dev.rekey.platform.settings.ConfigTreeReloader;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.core.convert.converter.Converter;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.http.codec.json.JacksonJsonDecoder;
import org.springframework.http.codec.json.JacksonJsonEncoder;
import org.springframework.security.oauth2.client.endpoint.OAuth2ClientCredentialsGrantRequest;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.stereotype.Component;
import org.springframework.util.MultiValueMap;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.support.WebClientAdapter;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;

/** Builds the HTTP clients of the upstreams, with limits and tokens. */
@Component
public class UpstreamClients {

  private final WebClient.Builder builder;
  private final OutgoingHttp http;
  private final ConfigTreeReloader files;
  private final MeterRegistry meters;

  UpstreamClients(
      WebClient.Builder builder,
      OutgoingHttp http,
      ConfigTreeReloader files,
      MeterRegistry meters) {
    this.builder = builder;
    this.http = http;
    this.files = files;
    this.meters = meters;
  }

  /** Rekey's login at a token endpoint; {@code parameters} are added to each request, if any. */
  public record Login(
      ClientRegistration registration,
      @Nullable Converter<OAuth2ClientCredentialsGrantRequest, MultiValueMap<String, String>>
          parameters) {

    @Override
    public String toString() {
      return "<redacted>";
    }
  }

  /** A client of an API, and the client id with which Rekey logs in at the moment. */
  public record Client<A>(A api, Supplier<String> clientId) {}

  /**
   * Creates a client that sends Rekey's token. The login is made from the settings, now and after
   * each change of {@code clientId} or {@code clientSecret} in a file. The filters apply to each
   * call of the API.
   */
  public <A, S> Client<A> client(
      Class<A> api,
      URI apiUrl,
      HttpLimits limits,
      S settings,
      Function<S, Login> login,
      ExchangeFilterFunction... filters) {
    Login first = login.apply(settings);
    var tokens = new BearerTokens(new TokenClient(first, limits, http, meters), files::pollNow);
    @SuppressWarnings("unchecked")
    var type = (Class<S>) settings.getClass();
    files.subscribe(
        type,
        List.of("client-id", "client-secret"),
        changed -> tokens.use(new TokenClient(login.apply(changed), limits, http, meters)));
    WebClient client =
        builder
            .clone()
            .baseUrl(apiUrl.toString())
            .clientConnector(
                new ReactorClientHttpConnector(
                    http.pooled(
                            first.registration().getRegistrationId(),
                            apiUrl,
                            limits.maxConcurrentCalls(),
                            limits.connectTimeout())
                        .doOnRequest((request, _) -> SendGuard.markSent(request))))
            .codecs(
                codecs -> {
                  var defaults = codecs.defaultCodecs();
                  defaults.jacksonJsonDecoder(new JacksonJsonDecoder(LenientJson.MAPPER));
                  defaults.jacksonJsonEncoder(new JacksonJsonEncoder(LenientJson.MAPPER));
                  defaults.maxInMemorySize((int) limits.maxResponseSize().toBytes());
                })
            .filter(tokens)
            .filter(new CallCounters(first.registration().getRegistrationId(), meters))
            .filters(all -> all.addAll(List.of(filters)))
            // For redirects too, which WebClient does not treat as errors.
            .defaultStatusHandler(
                status -> !status.is2xxSuccessful(), ClientResponse::createException)
            .build();
    return new Client<>(
        HttpServiceProxyFactory.builderFor(WebClientAdapter.create(client))
            .build()
            .createClient(api),
        tokens::clientId);
  }
}
