package dev.rekey.start;

import dev.rekey.platform.settings.PropertyException;
import dev.rekey.platform.settings.PropertyFaults;
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
 * itself. Stops the start with one {@link PropertyException} for all invalid properties, or for the
 * database.
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
    var faults = new PropertyFaults();
    RequiredProperties.check(environment, binder, faults);
    var known = KnownProperties.ofRekey();
    known.checkUnknown(environment, faults);
    List<String> ignored = known.unknownVariables(environment);
    if (!ignored.isEmpty()) {
      log.warn("Rekey does not have the settings {}, and ignores them", ignored);
    }
    bind(binder, known, faults);
    faults.check(() -> checkSafety(binder, faults));
    faults.check(() -> LogFormat.check(environment));
    LibraryProperties.check(environment, binder, faults);
    faults.refuse();
    DatabaseCheck.check(environment, binder);
  }

  private static void checkSafety(Binder binder, PropertyFaults faults) {
    if (UnsafeProperties.isSandbox(binder)) {
      log.warn(
          "This is a sandbox (rekey.sandbox is true): it accepts unsafe settings, and is not for"
              + " production");
    } else {
      UnsafeProperties.check(binder, faults);
    }
  }

  /** Why the schema's owner cannot migrate, with all faults; null if it can. */
  public static @Nullable String obstacleToMigration(ConfigurableEnvironment environment) {
    Binder binder = Binder.get(environment);
    var faults = new PropertyFaults();
    faults.check(() -> LogFormat.check(environment));
    RequiredProperties.checkForMigration(environment, binder, faults);
    if (!environment.getProperty("rekey.sandbox", "").equalsIgnoreCase("true")) {
      faults.check(() -> UnsafeProperties.refuseUrlWithPassword(binder));
      faults.check(
          () ->
              UnsafeProperties.refuseWellKnownPassword(
                  binder, RequiredProperties.OWNER_PASSWORD, RequiredProperties.OWNER));
    }
    try {
      faults.refuse();
      DatabaseCheck.checkOwner(environment, Map.of());
      return null;
    } catch (PropertyException e) {
      return e.getMessage();
    }
  }

  private static void bind(Binder binder, KnownProperties known, PropertyFaults faults) {
    try (var validators = Validation.buildDefaultValidatorFactory()) {
      var validator = new SpringValidatorAdapter(validators.getValidator());
      known
          .types()
          .forEach(
              (type, prefix) ->
                  faults.check(
                      () ->
                          binder.bindOrCreate(
                              prefix, Bindable.of(type), new ValidationBindHandler(validator))));
    }
  }
}
