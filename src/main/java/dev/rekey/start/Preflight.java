package dev.rekey.start;

import dev.rekey.platform.settings.PropertyException;
import jakarta.validation.Validation;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationPreparedEvent;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.validation.ValidationBindHandler;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.validation.beanvalidation.SpringValidatorAdapter;

/**
 * Checks all properties and the database before any bean is created, so that a fault is reported by
 * itself. Stops the start with a {@link PropertyException}.
 */
public final class Preflight implements ApplicationListener<ApplicationPreparedEvent> {

  private static final Logger log = LoggerFactory.getLogger(Preflight.class);

  @Override
  public void onApplicationEvent(ApplicationPreparedEvent event) {
    ConfigurableEnvironment environment = event.getApplicationContext().getEnvironment();
    // The image's build only creates the beans, to train the AOT cache.
    if (!environment.getProperty("spring.context.exit", "").equalsIgnoreCase("onRefresh")) {
      check(environment);
    }
  }

  static void check(ConfigurableEnvironment environment) {
    Binder binder = Binder.get(environment);
    RequiredProperties.check(environment, binder);
    var known = KnownProperties.ofRekey();
    known.refuseUnknown(environment);
    List<String> ignored = known.unknownVariables(environment);
    if (!ignored.isEmpty()) {
      log.warn("Rekey does not have the settings {}, and ignores them", ignored);
    }
    bind(binder, known);
    if (UnsafeProperties.isSandbox(binder)) {
      log.warn(
          "This is a sandbox (rekey.sandbox is true): it accepts unsafe settings, and is not for"
              + " production");
    } else {
      UnsafeProperties.refuse(binder);
    }
    LogFormat.check(environment);
    LibraryProperties.check(environment, binder);
    DatabaseCheck.check(environment, binder);
  }

  /** Why the schema's owner cannot migrate; null if it can. */
  public static @Nullable String obstacleToMigration(ConfigurableEnvironment environment) {
    try {
      LogFormat.check(environment);
      RequiredProperties.requirePostgresql(environment);
      if (!environment.getProperty("rekey.sandbox", "").equalsIgnoreCase("true")) {
        Binder binder = Binder.get(environment);
        UnsafeProperties.refuseUrlWithPassword(binder);
        UnsafeProperties.refuseWellKnownPassword(
            binder, RequiredProperties.OWNER_PASSWORD, RequiredProperties.OWNER);
      }
      DatabaseCheck.checkOwner(environment, Map.of());
      return null;
    } catch (PropertyException e) {
      return e.getMessage();
    }
  }

  private static void bind(Binder binder, KnownProperties known) {
    try (var validators = Validation.buildDefaultValidatorFactory()) {
      var validator = new SpringValidatorAdapter(validators.getValidator());
      known
          .types()
          .forEach(
              (prefix, type) ->
                  binder.bindOrCreate(
                      prefix, Bindable.of(type), new ValidationBindHandler(validator)));
    }
  }
}
