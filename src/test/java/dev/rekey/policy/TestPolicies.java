package dev.rekey.policy;

import dev.rekey.platform.settings.PropertyFault;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Policies as properties describe them. */
public final class TestPolicies {

  private TestPolicies() {}

  /** Binds properties such as {@code policies[0].name}. Throws what the start of Rekey throws. */
  public static Policies of(Map<String, String> properties, Instant now) {
    var full = new HashMap<String, String>();
    properties.forEach((name, value) -> full.put("rekey." + name, value));
    var binder = new Binder(new MapConfigurationPropertySource(full));
    try {
      return new Policies(binder.bindOrCreate("rekey", Bindable.of(PolicyProperties.class)), now);
    } catch (BindException e) {
      throw Objects.requireNonNull(PropertyFault.in(e));
    }
  }

  /** Only the default policy. */
  public static Policies none() {
    return of(Map.of(), Instant.EPOCH);
  }
}
