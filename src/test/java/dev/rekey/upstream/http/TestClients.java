package dev.rekey.upstream.http;

import dev.rekey.platform.settings.ConfigTreeReloader;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.validation.Validation;
import java.util.List;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.web.reactive.function.client.WebClient;

/** Creates the real clients without a Spring application. */
public final class TestClients {

  private TestClients() {}

  public static UpstreamClients create() {
    return following(files(new StandardEnvironment()));
  }

  /** The same, with logins that change with the files. */
  public static UpstreamClients following(ConfigTreeReloader files) {
    return new UpstreamClients(WebClient.builder(), direct(), files, new SimpleMeterRegistry());
  }

  /** Calls without a proxy. */
  public static OutgoingHttp direct() {
    return new OutgoingHttp(
        new EgressProxy(new EgressProperties(null, List.of()), new MockEnvironment()));
  }

  /** The reloader of an environment's files. */
  public static ConfigTreeReloader files(ConfigurableEnvironment environment) {
    return new ConfigTreeReloader(
        environment, Validation.buildDefaultValidatorFactory().getValidator(), List.of());
  }
}
