package dev.rekey.credential.refresh;

import dev.rekey.upstream.CallBudget;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.Upstream;
import dev.rekey.upstream.UpstreamName;
import dev.rekey.upstream.Upstreams;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/**
 * The upstreams for background work. All background work of a replica shares one call budget at
 * each upstream.
 */
@Component
public class BackgroundUpstreams {

  private final Map<UpstreamName, Upstream> byName;

  BackgroundUpstreams(Upstreams upstreams, RefreshProperties properties) {
    this.byName =
        upstreams.all().stream()
            .map(
                each ->
                    each.within(new CallBudget(properties.callsPerSecond(), properties.burst())))
            .collect(Collectors.toMap(Upstream::name, Function.identity()));
  }

  Collection<Upstream> all() {
    return byName.values();
  }

  /** The upstream of a subject. */
  public Upstream of(Subject subject) {
    return Objects.requireNonNull(byName.get(subject.upstream()));
  }
}
