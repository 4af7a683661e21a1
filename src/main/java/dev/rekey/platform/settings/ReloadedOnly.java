package dev.rekey.platform.settings;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/** Binds the reloaded properties as they are now, and all others as they were at the start. */
final class ReloadedOnly extends AbstractBindHandler {

  private final List<ConfigurationPropertyName> reloaded;
  private final Binder atStart;

  /** The names have {@code [0]} for every index of a list. */
  ReloadedOnly(List<String> reloaded, Binder atStart) {
    this.reloaded = reloaded.stream().map(ConfigurationPropertyName::of).toList();
    this.atStart = atStart;
  }

  @Override
  public @Nullable Object onSuccess(
      ConfigurationPropertyName name, Bindable<?> target, BindContext context, Object result) {
    return isReloaded(name) ? result : atStart.bind(name, target).orElse(null);
  }

  @Override
  public @Nullable Object onFailure(
      ConfigurationPropertyName name, Bindable<?> target, BindContext context, Exception error)
      throws Exception {
    if (isReloaded(name)) {
      throw error;
    }
    return atStart.bind(name, target).orElse(null);
  }

  // A record or list with a reloaded property is bound now too, from these and the others.
  private boolean isReloaded(ConfigurationPropertyName name) {
    var any = ConfigurationPropertyName.of(name.toString().replaceAll("\\[\\d+]", "[0]"));
    return reloaded.stream()
        .anyMatch(one -> one.equals(any) || one.isAncestorOf(any) || any.isAncestorOf(one));
  }
}
