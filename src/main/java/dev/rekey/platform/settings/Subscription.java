package dev.rekey.platform.settings;

import dev.rekey.platform.settings.ConfigTreeReloader.NotYetException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.bind.Binder;

/** A consumer of properties, and the value that it uses. */
final class Subscription<T> {

  private static final Logger log = LoggerFactory.getLogger(ConfigTreeReloader.class);

  private final String name;
  private final Supplier<Binder> properties;
  private final Function<Binder, @Nullable T> binding;
  private final Consumer<T> consumer;
  private @Nullable T inUse;
  private boolean waiting;
  private @Nullable String reported;

  Subscription(
      String name,
      Supplier<Binder> properties,
      Function<Binder, @Nullable T> binding,
      Consumer<T> consumer) {
    this.name = name;
    this.properties = properties;
    this.binding = binding;
    this.consumer = consumer;
    this.inUse = binding.apply(properties.get());
  }

  /** Whether the consumer has postponed the newest value. */
  boolean isWaiting() {
    return waiting;
  }

  /** Passes the value on if it has changed and every guard accepts the properties. */
  void update(List<PropertyGuard> guards) {
    boolean wasWaiting = waiting;
    waiting = false;
    try {
      Binder now = properties.get();
      T value = binding.apply(now);
      if (value != null && !value.equals(inUse)) {
        guards.forEach(guard -> guard.refuseUnsafe(now));
        consumer.accept(value);
        inUse = value;
        log.info("{} changed in its files, and its new value is in use", name);
      }
      reported = null;
    } catch (NotYetException e) {
      waiting = true;
      if (!wasWaiting) {
        log.warn(
            "{} changed in its files, but its new value is not in use yet: {}",
            name,
            e.getMessage());
      }
    } catch (RuntimeException e) {
      report(e);
    }
  }

  // Once, although the same value is tried again when another file changes.
  private void report(RuntimeException e) {
    PropertyException fault = PropertyFault.in(e);
    String reason =
        fault == null ? e.getClass().getSimpleName() : String.valueOf(fault.getMessage());
    if (!reason.equals(reported)) {
      log.warn("{} changed in its files, but its old value stays in use: {}", name, reason);
    }
    reported = reason;
  }
}
