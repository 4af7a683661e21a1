package dev.rekey.upstream;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** All upstreams by their names, for work that starts from a record and not from a route. */
@Component
public class Upstreams {

  private final Map<UpstreamName, Upstream> byName;

  Upstreams(List<Upstream> all) {
    this.byName = all.stream().collect(Collectors.toMap(Upstream::name, Function.identity()));
  }

  public Collection<Upstream> all() {
    return byName.values();
  }

  /** The names of those at which a credential can be found without its id. */
  public Set<String> listed() {
    return byName.values().stream()
        .filter(ListableUpstream.class::isInstance)
        .map(upstream -> upstream.name().value())
        .collect(Collectors.toSet());
  }

  /** All names, sorted. */
  public List<String> names() {
    return byName.keySet().stream().map(UpstreamName::value).sorted().toList();
  }

  /** The names of those a subject of which may begin so, sorted. */
  public List<String> havingSubjects(String start) {
    return byName.values().stream()
        .filter(upstream -> upstream.mayHaveSubjects(start))
        .map(upstream -> upstream.name().value())
        .sorted()
        .toList();
  }

  /** As {@link Upstream#canonical}, whichever upstream it is of; null for null. */
  public @Nullable String canonical(@Nullable String start) {
    String canonical = start;
    for (Upstream upstream : byName.values()) {
      canonical = canonical == null ? null : upstream.canonical(canonical);
    }
    return canonical;
  }

  /** Empty if none has the name. */
  public Optional<Upstream> find(String name) {
    return byName.values().stream()
        .filter(upstream -> upstream.name().value().equals(name))
        .findFirst();
  }

  /** Throws if the record is of an upstream that this version does not know. */
  public Upstream of(Subject subject) {
    Upstream upstream = byName.get(subject.upstream());
    if (upstream == null) {
      throw new IllegalArgumentException("there is no upstream " + subject.upstream());
    }
    return upstream;
  }
}
