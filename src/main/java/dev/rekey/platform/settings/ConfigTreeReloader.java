package dev.rekey.platform.settings;

import jakarta.validation.Validator;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.validation.ValidationBindHandler;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.validation.beanvalidation.SpringValidatorAdapter;

/**
 * Polls the files of mounted secrets, and passes changed properties on. A change counts once two
 * polls have read it, because a file may be half written. The old value stays in use while a file
 * is empty, missing or unreadable, or a {@link PropertyGuard} refuses the new one.
 */
@Component
public class ConfigTreeReloader {

  private static final Logger log = LoggerFactory.getLogger(ConfigTreeReloader.class);

  // Polled, because not every mount notifies of changes.
  private static final String POLL_EVERY = "2s";

  private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(2);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  private final SpringValidatorAdapter validator;
  private final List<PropertyGuard> guards;
  private final List<Subscription<?>> subscriptions = new CopyOnWriteArrayList<>();
  private final ConfigTrees trees;
  private final Map<String, Map<String, String>> atStart;
  private Map<String, Map<String, String>> inUse;
  private Map<String, Map<String, String>> lastRead;
  private Duration pause = SHORTEST_PAUSE;
  private long retryAtNanos = System.nanoTime();

  public ConfigTreeReloader(
      ConfigurableEnvironment environment, Validator validator, List<PropertyGuard> guards) {
    this.validator = new SpringValidatorAdapter(validator);
    this.guards = List.copyOf(guards);
    this.trees = new ConfigTrees(environment);
    this.atStart = trees.atStart();
    this.inUse = atStart;
    this.lastRead = atStart;
  }

  /**
   * Passes properties on when a reloaded one has changed. The others keep the value of the start.
   *
   * @param type a record of {@link ConfigurationProperties}
   * @param reloaded the names of the reloaded properties without the record's prefix; {@code [0]}
   *     means every index of a list
   * @param consumer throws a {@link PropertyException} to keep the old value, or {@link
   *     NotYetException} to be called again later; must not wait for a thread that calls {@link
   *     #pollNow}
   */
  public <T> void subscribe(Class<T> type, List<String> reloaded, Consumer<T> consumer) {
    var prefix =
        MergedAnnotations.from(type).get(ConfigurationProperties.class).getString("prefix");
    subscribe(
        prefix,
        reloaded.stream().map(name -> prefix + "." + name).toList(),
        (properties, only) ->
            properties.bindOrCreate(
                prefix, Bindable.of(type), new ValidationBindHandler(only, validator)),
        consumer);
  }

  /** Passes a single property on when it has changed, but not when it is no longer set. */
  public void subscribe(String property, Consumer<String> consumer) {
    subscribe(
        property,
        List.of(property),
        (properties, _) -> properties.bind(property, String.class).orElse(null),
        consumer);
  }

  private synchronized <T> void subscribe(
      String name,
      List<String> reloaded,
      BiFunction<Binder, BindHandler, @Nullable T> binding,
      Consumer<T> consumer) {
    if (!inUse.isEmpty()) {
      var only = new ReloadedOnly(reloaded, trees.binder(atStart, null));
      subscriptions.add(new Subscription<>(name, only, binding, consumer));
    }
  }

  /** Passes on the changes that the last poll has read too. */
  @Scheduled(fixedDelayString = POLL_EVERY)
  public void poll() {
    poll(false);
  }

  /** Passes changes on at once, for a caller whose value no longer works. */
  public void pollNow() {
    poll(true);
  }

  private synchronized void poll(boolean atOnce) {
    var read = trees.read(inUse);
    if (!read.equals(inUse) && (atOnce || read.equals(lastRead))) {
      inUse = read;
      subscriptions.forEach(Subscription::update);
      retryAfter(SHORTEST_PAUSE);
    } else if (atOnce || System.nanoTime() - retryAtNanos >= 0) {
      retry();
    }
    lastRead = read;
  }

  private void retry() {
    var waiting = subscriptions.stream().filter(subscription -> subscription.waiting).toList();
    if (!waiting.isEmpty()) {
      waiting.forEach(Subscription::update);
      retryAfter(pause.compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : pause);
    }
  }

  private void retryAfter(Duration newPause) {
    pause = newPause;
    retryAtNanos = System.nanoTime() + pause.toNanos();
  }

  /** Refuses an unsafe reloaded property that Rekey would not start with. */
  public interface PropertyGuard {

    /** Throws a {@link PropertyException} for the first unsafe property. */
    void refuseUnsafe(Binder properties);
  }

  /** A consumer of properties, and the value that it uses. */
  private final class Subscription<T> {

    private final String name;
    private final ReloadedOnly only;
    private final BiFunction<Binder, BindHandler, @Nullable T> binding;
    private final Consumer<T> consumer;
    private @Nullable T value;
    private boolean waiting;
    private @Nullable String reported;

    Subscription(
        String name,
        ReloadedOnly only,
        BiFunction<Binder, BindHandler, @Nullable T> binding,
        Consumer<T> consumer) {
      this.name = name;
      this.only = only;
      this.binding = binding;
      this.consumer = consumer;
      this.value = binding.apply(trees.binder(inUse, only), only);
    }

    /** Passes the value on if it has changed and every guard accepts the properties. */
    void update() {
      boolean wasWaiting = waiting;
      waiting = false;
      try {
        Binder now = trees.binder(inUse, only);
        T changed = binding.apply(now, only);
        if (changed != null && !changed.equals(value)) {
          guards.forEach(guard -> guard.refuseUnsafe(now));
          consumer.accept(changed);
          value = changed;
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

  /** The new value cannot be used yet, and is tried again. The message is logged. */
  public static final class NotYetException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public NotYetException(String reason) {
      super(reason);
    }
  }
}
