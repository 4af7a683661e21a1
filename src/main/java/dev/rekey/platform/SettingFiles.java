package dev.rekey.platform;

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
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
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
import org.springframework.stereotype.Component;
import org.springframework.validation.beanvalidation.SpringValidatorAdapter;

/**
 * Looks at the directories of files that are settings, as Docker and Kubernetes mount secrets, and
 * hands on what changed in them. What is read counts once it was the same twice, so that nobody
 * gets half a file; a file that is empty, gone or unreadable leaves in use what was in it before.
 */
@Component
public class SettingFiles implements BackgroundWork.Rounds {

  /** Looked at rather than waited for, because mounts do not always tell of changes. */
  static final Duration LOOK_EVERY = Duration.ofSeconds(2);

  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  private static final Logger log = LoggerFactory.getLogger(SettingFiles.class);

  private final ConfigurableEnvironment environment;
  private final SpringValidatorAdapter validator;
  private final List<Follower<?>> followers = new CopyOnWriteArrayList<>();

  // By directory and name of the setting.
  private Map<String, Map<String, String>> inUse;
  private Map<String, Map<String, String>> lastSeen;
  private Set<String> lastMissing = Set.of();
  private Duration pause = LOOK_EVERY;
  private long tryAgainAt = System.nanoTime();
  private final Set<String> complainedOf = new HashSet<>();

  public SettingFiles(ConfigurableEnvironment environment, Validator validator) {
    this.environment = environment;
    this.validator = new SpringValidatorAdapter(validator);
    this.inUse = new HashMap<>();
    // What was read at the start, which may not be what is there by now.
    directories().forEach(directory -> inUse.put(directory.getName(), texts(directory)));
    this.lastSeen = inUse;
  }

  /**
   * Hands over settings when they have changed.
   *
   * @param type a record of {@link ConfigurationProperties} with an {@code equals}
   * @param taker throws a {@link SettingException} if it cannot work with them, or {@link
   *     NotYetException} if it may be able to later, and then goes on with those before; must not
   *     wait for anybody who {@link #lookNow looks}
   */
  public <T> void follow(Class<T> type, Consumer<T> taker) {
    String prefix =
        Objects.requireNonNull(
                AnnotationUtils.findAnnotation(type, ConfigurationProperties.class),
                "it has to have a prefix")
            .value();
    follow(
        prefix,
        binder ->
            binder.bindOrCreate(prefix, Bindable.of(type), new ValidationBindHandler(validator)),
        taker);
  }

  /** The same for a single setting that is a text; it is not handed over if it is none any more. */
  public void follow(String setting, Consumer<String> taker) {
    follow(setting, binder -> binder.bind(setting, String.class).orElse(null), taker);
  }

  private synchronized <T> void follow(
      String what, Function<Binder, @Nullable T> reading, Consumer<T> taker) {
    if (!inUse.isEmpty()) {
      followers.add(new Follower<>(what, reading, taker, reading.apply(binder())));
    }
  }

  @Override
  public Stream<BackgroundWork.Round> rounds() {
    return inUse.isEmpty()
        ? Stream.of()
        : Stream.of(new BackgroundWork.Round("look-at-files", LOOK_EVERY, this::look));
  }

  /** Takes over what has changed, if it has been so since the last look. */
  synchronized void look() {
    var seen = read();
    if (!seen.equals(inUse) && seen.equals(lastSeen)) {
      use(seen);
    } else if (System.nanoTime() - tryAgainAt >= 0) {
      tryAgain();
    }
    lastSeen = seen;
  }

  /** Takes over what has changed at once, for somebody who cannot go on with what was there. */
  public synchronized void lookNow() {
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
    Binder settings = binder();
    followers.forEach(follower -> follower.take(settings));
    tryAgainAfter(LOOK_EVERY);
  }

  private void tryAgain() {
    if (followers.stream().anyMatch(follower -> follower.waits)) {
      Binder settings = binder();
      followers.stream()
          .filter(follower -> follower.waits)
          .forEach(follower -> follower.take(settings));
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

  private Binder binder() {
    var sources = new ArrayList<PropertySource<?>>();
    for (PropertySource<?> source : environment.getPropertySources()) {
      Map<String, String> texts = inUse.get(source.getName());
      if (texts != null) {
        sources.add(new MapPropertySource(source.getName(), Map.copyOf(texts)));
      } else if (!ConfigurationPropertySources.isAttachedConfigurationPropertySource(source)) {
        sources.add(source);
      }
    }
    var all = new MutablePropertySources();
    sources.forEach(all::addLast);
    return new Binder(
        ConfigurationPropertySources.from(all), new PropertySourcesPlaceholdersResolver(all));
  }

  /** Somebody who wants to know, and what it was told last. */
  private static final class Follower<T> {

    private final String what;
    private final Function<Binder, @Nullable T> reading;
    private final Consumer<T> taker;
    private @Nullable T taken;
    private boolean waits;

    Follower(
        String what, Function<Binder, @Nullable T> reading, Consumer<T> taker, @Nullable T taken) {
      this.what = what;
      this.reading = reading;
      this.taker = taker;
      this.taken = taken;
    }

    void take(Binder settings) {
      boolean waited = waits;
      waits = false;
      try {
        T now = reading.apply(settings);
        if (now != null && !now.equals(taken)) {
          taker.accept(now);
          taken = now;
          log.info("{} has changed in its files, and what is there now is in use", what);
        }
      } catch (NotYetException e) {
        waits = true;
        if (!waited) {
          log.warn("{} has changed in its files, and is not in use yet: {}", what, e.getMessage());
        }
      } catch (RuntimeException e) {
        SettingException fault = SettingFault.in(e);
        log.warn(
            "{} has changed in its files, and what was there before stays in use: {}",
            what,
            fault == null ? e.getClass().getSimpleName() : fault.getMessage());
      }
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
