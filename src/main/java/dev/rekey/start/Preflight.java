package dev.rekey.start;

import dev.rekey.platform.settings.PropertyException;
import jakarta.validation.Validation;
import java.util.List;
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
 * Looks at all settings, and at the database, before anything else is made: what is found then can
 * be said without what would fail because of it. Stops the start with a {@link PropertyException}.
 */
public final class Preflight implements ApplicationListener<ApplicationPreparedEvent> {

  private static final Logger log = LoggerFactory.getLogger(Preflight.class);

  @Override
  public void onApplicationEvent(ApplicationPreparedEvent event) {
    ConfigurableEnvironment environment = event.getApplicationContext().getEnvironment();
    if (isToStart(environment)) {
      check(environment);
    }
  }

  // When the image is built, beans are made for the sake of their classes, and nothing is started.
  private static boolean isToStart(ConfigurableEnvironment environment) {
    return !environment.getProperty("spring.context.exit", "").equalsIgnoreCase("onRefresh");
  }

  static void check(ConfigurableEnvironment environment) {
    Binder binder = Binder.get(environment);
    RequiredSettings.check(environment, binder);
    var known = KnownSettings.ofRekey();
    known.refuseOthers(environment);
    List<String> passedOver = known.passedOver(environment);
    if (!passedOver.isEmpty()) {
      log.warn("Rekey has no settings {}, and passes over them", passedOver);
    }
    bind(binder, known);
    if (SandboxProperties.isSandbox(binder)) {
      log.warn(
          "This is a sandbox (rekey.sandbox is true): it takes settings that are not safe, and is"
              + " not for production");
    } else {
      UnsafeSettings.refuse(binder);
    }
    LogFormat.check(environment);
    TraceSettings.check(binder);
    ListenerCertificate.check(environment, binder);
    DatabaseCheck.check(environment, binder);
  }

  /** What keeps the schema's owner from migrating; null if nothing does. */
  public static @Nullable String problemOfMigration(ConfigurableEnvironment settings) {
    try {
      LogFormat.check(settings);
      RequiredSettings.demandPostgresql(settings);
      if (!settings.getProperty("rekey.sandbox", "").equalsIgnoreCase("true")) {
        Binder binder = Binder.get(settings);
        UnsafeSettings.refuseUrlWithPassword(binder);
        UnsafeSettings.refuseKnownPassword(
            binder, RequiredSettings.OWNER_PASSWORD, RequiredSettings.OWNER);
      }
      DatabaseCheck.checkOwner(settings);
      return null;
    } catch (PropertyException e) {
      return e.getMessage();
    }
  }

  private static void bind(Binder binder, KnownSettings known) {
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
