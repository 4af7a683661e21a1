package dev.rekey.upstream;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** All configured upstreams by name. */
@Component
public class Upstreams {

  private final Map<UpstreamName, Upstream> byName;

  Upstreams(List<Upstream> all) {
    this.byName = all.stream().collect(Collectors.toMap(Upstream::name, Function.identity()));
  }

  public Collection<Upstream> all() {
    return byName.values();
  }

  /** The names of the upstreams that list their credentials. */
  public Set<String> listable() {
    return Set.copyOf(names(ListableUpstream.class::isInstance));
  }

  /** All names, sorted. */
  public List<String> names() {
    return names(_ -> true);
  }

  /** The names, sorted, of the upstreams whose subjects can have names with this prefix. */
  public List<String> havingSubjects(String prefix) {
    return names(upstream -> upstream.canHaveSubjects(prefix));
  }

  private List<String> names(Predicate<Upstream> selected) {
    return byName.values().stream()
        .filter(selected)
        .map(upstream -> upstream.name().value())
        .sorted()
        .toList();
  }

  /** Like {@link Upstream#canonical}, for a name of any upstream; null for null. */
  public @Nullable String canonical(@Nullable String prefix) {
    String canonical = prefix;
    for (Upstream upstream : byName.values()) {
      canonical = canonical == null ? null : upstream.canonical(canonical);
    }
    return canonical;
  }

  /** Empty if no upstream has the name. */
  public Optional<Upstream> find(String name) {
    return byName.values().stream()
        .filter(upstream -> upstream.name().value().equals(name))
        .findFirst();
  }

  /** Like {@link Upstream#isOwnLogin}; false if this version does not know the upstream. */
  public boolean isOwnLogin(UpstreamName upstream, @Nullable String clientId) {
    return find(upstream.value()).filter(known -> known.isOwnLogin(clientId)).isPresent();
  }

  /** Throws {@link IllegalArgumentException} if this version does not know the upstream. */
  public Upstream of(Subject subject) {
    return find(subject.upstream().value())
        .orElseThrow(
            () -> new IllegalArgumentException("there is no upstream " + subject.upstream()));
  }
}
