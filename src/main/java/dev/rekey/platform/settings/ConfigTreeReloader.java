package dev.rekey.platform.settings;

import jakarta.validation.Validator;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.validation.ValidationBindHandler;
import org.springframework.core.annotation.AnnotationUtils;
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
   * Passes properties on when one of the reloaded ones has changed. The others keep the value that
   * they had at the start.
   *
   * @param type a record of {@link ConfigurationProperties}
   * @param reloaded the names of the reloaded properties without the record's prefix; {@code [0]}
   *     means every index of a list
   * @param consumer throws a {@link PropertyException} to keep the old value, or {@link
   *     NotYetException} to be called again later; must not wait for a thread that calls {@link
   *     #pollNow}
   */
  public <T> void subscribe(Class<T> type, List<String> reloaded, Consumer<T> consumer) {
    String prefix =
        Objects.requireNonNull(
                AnnotationUtils.findAnnotation(type, ConfigurationProperties.class),
                "it has to have a prefix")
            .value();
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
      subscriptions.add(
          new Subscription<>(
              name,
              () -> trees.binder(inUse, only),
              properties -> binding.apply(properties, only),
              consumer));
    }
  }

  /** Passes on the changes that the last poll has read too. */
  @Scheduled(fixedDelayString = POLL_EVERY)
  public synchronized void poll() {
    var read = trees.read(inUse);
    if (!read.equals(inUse) && read.equals(lastRead)) {
      use(read);
    } else if (System.nanoTime() - retryAtNanos >= 0) {
      retry();
    }
    lastRead = read;
  }

  /** Passes changes on at once, for a caller whose value no longer works. */
  public synchronized void pollNow() {
    var read = trees.read(inUse);
    if (!read.equals(inUse)) {
      use(read);
    } else {
      retry();
    }
    lastRead = read;
  }

  private void use(Map<String, Map<String, String>> read) {
    inUse = read;
    subscriptions.forEach(subscription -> subscription.update(guards));
    retryAfter(SHORTEST_PAUSE);
  }

  private void retry() {
    List<Subscription<?>> waiting = subscriptions.stream().filter(Subscription::isWaiting).toList();
    if (!waiting.isEmpty()) {
      waiting.forEach(subscription -> subscription.update(guards));
      retryAfter(pause.compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : pause);
    }
  }

  private void retryAfter(Duration newPause) {
    pause = newPause;
    retryAtNanos = System.nanoTime() + pause.toNanos();
  }

  /** The new value cannot be used yet, and is tried again. The message is logged. */
  public static final class NotYetException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public NotYetException(String reason) {
      super(reason);
    }
  }
}
