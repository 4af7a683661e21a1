package dev.rekey.upstream;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.springframework.web.reactive.function.client.WebClient;

/** The real clients without an application around them. */
public final class TestClients {

  private TestClients() {}

  public static UpstreamClients create() {
    return new UpstreamClients(WebClient.builder(), new SimpleMeterRegistry());
  }
}
