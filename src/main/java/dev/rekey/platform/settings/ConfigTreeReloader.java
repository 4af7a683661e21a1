package dev.rekey.platform.settings;

import jakarta.validation.Validator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.bind.validation.ValidationBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.ConfigTreePropertySource;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.validation.beanvalidation.SpringValidatorAdapter;

/**
 * Looks at the directories of files that are settings, as Docker and Kubernetes mount secrets, and
 * hands on what changed in them. What is read counts once it was the same twice, so that nobody
 * gets half a file; a file that is empty, gone or unreadable leaves in use what was in it before,
 * and so does one with what no {@link PropertyGuard} would let pass at the start.
 */
@Component
public class ConfigTreeReloader {

  // Polled, because not every mount notifies of changes.
  private static final String POLL_EVERY = "2s";

  private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(2);

  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  private static final Logger log = LoggerFactory.getLogger(ConfigTreeReloader.class);

  private final ConfigurableEnvironment environment;
  private final SpringValidatorAdapter validator;
  private final List<PropertyGuard> guards;
  private final List<Follower<?>> followers = new CopyOnWriteArrayList<>();

  // By directory and name of the setting. The first is what was read at the start, which may not
  // be what is there by now.
  private final Map<String, Map<String, String>> atStart;
  private Map<String, Map<String, String>> inUse;
  private Map<String, Map<String, String>> lastSeen;
  private Set<String> lastMissing = Set.of();
  private Duration pause = SHORTEST_PAUSE;
  private long tryAgainAt = System.nanoTime();
  private final Set<String> complainedOf = new HashSet<>();

  public ConfigTreeReloader(
      ConfigurableEnvironment environment, Validator validator, List<PropertyGuard> guards) {
    this.environment = environment;
    this.validator = new SpringValidatorAdapter(validator);
    this.guards = List.copyOf(guards);
    this.atStart =
        directories().stream()
            .collect(
                Collectors.toMap(ConfigTreePropertySource::getName, ConfigTreeReloader::texts));
    this.inUse = atStart;
    this.lastSeen = atStart;
  }

  /**
   * Hands over settings when those of them have changed that are reloaded. All others are handed
   * over as they were at the start, whatever is in their files.
   *
   * @param type a record of {@link ConfigurationProperties} with an {@code equals}
   * @param reloaded the names of those that are, beneath the record's own prefix, with {@code [0]}
   *     for whichever of a list
   * @param taker throws a {@link PropertyException} if it cannot work with them, or {@link
   *     NotYetException} if it may be able to later, and then goes on with those before; must not
   *     wait for anybody who {@link #pollNow polls}
   */
  public <T> void follow(Class<T> type, List<String> reloaded, Consumer<T> taker) {
    String prefix =
        Objects.requireNonNull(
                AnnotationUtils.findAnnotation(type, ConfigurationProperties.class),
                "it has to have a prefix")
            .value();
    follow(
        prefix,
        reloaded.stream().map(name -> prefix + "." + name).toList(),
        (settings, only) ->
            settings.bindOrCreate(
                prefix, Bindable.of(type), new ValidationBindHandler(only, validator)),
        taker);
  }

  /** The same for a single setting that is a text; it is not handed over if it is none any more. */
  public void follow(String setting, Consumer<String> taker) {
    follow(
        setting,
        List.of(setting),
        (settings, _) -> settings.bind(setting, String.class).orElse(null),
        taker);
  }

  private synchronized <T> void follow(
      String what,
      List<String> reloaded,
      BiFunction<Binder, BindHandler, @Nullable T> reading,
      Consumer<T> taker) {
    if (!inUse.isEmpty()) {
      var only = new ReloadedOnly(reloaded, binder(atStart, null));
      followers.add(new Follower<>(what, only, reading, taker));
    }
  }

  /** Takes over what has changed, if it has been so since the last look. */
  @Scheduled(fixedDelayString = POLL_EVERY)
  public synchronized void poll() {
    var seen = read();
    if (!seen.equals(inUse) && seen.equals(lastSeen)) {
      use(seen);
    } else if (System.nanoTime() - tryAgainAt >= 0) {
      tryAgain();
    }
    lastSeen = seen;
  }

  /** Takes over what has changed at once, for somebody who cannot go on with what was there. */
  public synchronized void pollNow() {
    var seen = read();
    if (!seen.equals(inUse)) {
      use(seen);
    } else {
      tryAgain();
    }
    lastSeen = seen;
  }

  private void use(Map<String, Map<String, String>> seen) {
    inUse = seen;
    followers.forEach(Follower::take);
    tryAgainAfter(SHORTEST_PAUSE);
  }

  private void tryAgain() {
    if (followers.stream().anyMatch(follower -> follower.waits)) {
      followers.stream().filter(follower -> follower.waits).forEach(Follower::take);
      tryAgainAfter(pause.compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : pause);
    }
  }

  private void tryAgainAfter(Duration newPause) {
    pause = newPause;
    tryAgainAt = System.nanoTime() + pause.toNanos();
  }

  private Map<String, Map<String, String>> read() {
    var seen = new HashMap<String, Map<String, String>>();
    var missing = new HashSet<String>();
    for (ConfigTreePropertySource directory : directories()) {
      var texts = new TreeMap<>(textsNow(directory));
      inUse
          .getOrDefault(directory.getName(), Map.of())
          .forEach(
              (name, text) -> {
                if (texts.getOrDefault(name, "").isBlank() && !text.isBlank()) {
                  missing.add(name);
                  texts.put(name, text);
                }
              });
      seen.put(directory.getName(), texts);
    }
    complain(missing);
    return seen;
  }

  // Only of what was missing at the last look, too: a file is empty before it is written.
  private void complain(Set<String> missing) {
    complainedOf.retainAll(missing);
    for (String name : missing) {
      if (lastMissing.contains(name) && complainedOf.add(name)) {
        log.warn("The file of {} is empty or cannot be read; what it held stays in use", name);
      }
    }
    lastMissing = missing;
  }

  private List<ConfigTreePropertySource> directories() {
    return environment.getPropertySources().stream()
        .filter(ConfigTreePropertySource.class::isInstance)
        .map(ConfigTreePropertySource.class::cast)
        .toList();
  }

  private static Map<String, String> textsNow(ConfigTreePropertySource directory) {
    try {
      return texts(
          new ConfigTreePropertySource(
              directory.getName(),
              directory.getSource(),
              ConfigTreePropertySource.Option.AUTO_TRIM_TRAILING_NEW_LINE));
    } catch (RuntimeException e) {
      // It is away as a whole, perhaps for the instant in which it is replaced.
      return Map.of();
    }
  }

  private static Map<String, String> texts(ConfigTreePropertySource directory) {
    var texts = new TreeMap<String, String>();
    for (String name : directory.getPropertyNames()) {
      try {
        texts.put(name, String.valueOf(directory.getProperty(name)));
      } catch (RuntimeException e) {
        // It cannot be read, which is as if it were not there.
      }
    }
    return texts;
  }

  private Binder binder(Map<String, Map<String, String>> files, @Nullable BindHandler handler) {
    var sources = new ArrayList<PropertySource<?>>();
    for (PropertySource<?> source : environment.getPropertySources()) {
      Map<String, String> texts = files.get(source.getName());
      if (texts != null) {
        sources.add(new MapPropertySource(source.getName(), Map.copyOf(texts)));
      } else if (!ConfigurationPropertySources.isAttachedConfigurationPropertySource(source)) {
        sources.add(source);
      }
    }
    var all = new MutablePropertySources();
    sources.forEach(all::addLast);
    return new Binder(
        ConfigurationPropertySources.from(all),
        new PropertySourcesPlaceholdersResolver(all),
        null,
        null,
        handler);
  }

  /** Somebody who wants to know, and what it was told last. */
  private final class Follower<T> {

    private final String what;
    private final BindHandler reloaded;
    private final BiFunction<Binder, BindHandler, @Nullable T> reading;
    private final Consumer<T> taker;
    private @Nullable T taken;
    private boolean waits;
    private @Nullable String complaint;

    Follower(
        String what,
        BindHandler reloaded,
        BiFunction<Binder, BindHandler, @Nullable T> reading,
        Consumer<T> taker) {
      this.what = what;
      this.reloaded = reloaded;
      this.reading = reading;
      this.taker = taker;
      this.taken = reading.apply(settings(), reloaded);
    }

    void take() {
      boolean waited = waits;
      waits = false;
      try {
        Binder settings = settings();
        T now = reading.apply(settings, reloaded);
        if (now != null && !now.equals(taken)) {
          guards.forEach(guard -> guard.refuseUnsafe(settings));
          taker.accept(now);
          taken = now;
          log.info("{} has changed in its files, and what is there now is in use", what);
        }
        complaint = null;
      } catch (NotYetException e) {
        waits = true;
        if (!waited) {
          log.warn("{} has changed in its files, and is not in use yet: {}", what, e.getMessage());
        }
      } catch (RuntimeException e) {
        complain(e);
      }
    }

    private Binder settings() {
      return binder(inUse, reloaded);
    }

    // Once, and not again whenever another file changes.
    private void complain(RuntimeException e) {
      PropertyException fault = PropertyFault.in(e);
      String why =
          fault == null ? e.getClass().getSimpleName() : String.valueOf(fault.getMessage());
      if (!why.equals(complaint)) {
        log.warn(
            "{} has changed in its files, and what was there before stays in use: {}", what, why);
      }
      complaint = why;
    }
  }

  /** What is there now cannot be used yet, and is tried again. The message is logged. */
  public static final class NotYetException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public NotYetException(String why) {
      super(why);
    }
  }
}
