package dev.rekey.platform.settings;

import java.net.URI;
import java.time.Duration;
import java.time.Period;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.validation.BindValidationException;
import org.springframework.boot.context.properties.bind.validation.ValidationErrors;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.PlaceholderResolutionException;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.FieldError;
import org.springframework.validation.ObjectError;

/** Finds the invalid properties that caused a failure. */
public final class PropertyFault {

  private static final Set<String> MISSING = Set.of("NotNull", "NotBlank", "NotEmpty");
  private static final Map<Class<?>, String> EXPECTED =
      Map.of(
          Duration.class, "a duration, such as 500ms, 30s or 7d",
          Period.class, "a period, such as 18m or 2y",
          DataSize.class, "a size, such as 512KB or 1MB",
          URI.class, "a URL",
          ZoneId.class, "a time zone, such as Europe/Berlin",
          Boolean.class, "true or false",
          Integer.class, "a whole number",
          Long.class, "a whole number",
          Double.class, "a number");

  private PropertyFault() {}

  /** The invalid properties; null if no property caused the failure. */
  public static @Nullable PropertyException in(@Nullable Throwable failure) {
    List<PropertyException> faults = allIn(failure);
    return faults.isEmpty() ? null : PropertyException.all(faults);
  }

  /**
   * The invalid properties, the missing ones first, then by name; empty if no property caused the
   * failure.
   */
  public static List<PropertyException> allIn(@Nullable Throwable failure) {
    List<PropertyException> faults = List.of();
    for (Throwable cause = failure; cause != null && faults.isEmpty(); cause = cause.getCause()) {
      faults =
          switch (cause) {
            case PropertyException own -> own.parts();
            case PlaceholderResolutionException unresolved ->
                List.of(
                    new PropertyException(
                        unresolved.getPlaceholder(),
                        "is not set, but another setting refers to it"));
            case BindValidationException invalid -> invalid(invalid.getValidationErrors());
            case BindException bind ->
                orElse(
                    allIn(bind.getCause()),
                    () -> new PropertyException(bind.getName().toString(), unfit(bind)));
            default -> List.of();
          };
    }
    return faults;
  }

  private static List<PropertyException> orElse(
      List<PropertyException> faults, Supplier<PropertyException> other) {
    return faults.isEmpty() ? List.of(other.get()) : faults;
  }

  // A missing value also fails the constraints on its form. The validator has no order.
  private static List<PropertyException> invalid(ValidationErrors errors) {
    return errors.getAllErrors().stream()
        .sorted(
            Comparator.comparing(PropertyFault::isMissing)
                .reversed()
                .thenComparing(error -> property(errors, error))
                .thenComparing(error -> String.valueOf(error.getDefaultMessage())))
        .map(error -> new PropertyException(property(errors, error), expectation(error)))
        .toList();
  }

  private static String property(ValidationErrors errors, ObjectError error) {
    return error instanceof FieldError field
        ? errors.getName() + "." + dashed(field.getField())
        : errors.getName().toString();
  }

  private static String expectation(ObjectError error) {
    String message = String.valueOf(error.getDefaultMessage());
    if (!isMissing(error)) {
      return message.replaceFirst("^must ", "has to ");
    }
    String meaning = message.startsWith("must not be ") ? "" : ": " + message;
    return "is required, but not set" + meaning + " (docs/configuration.md)";
  }

  private static String dashed(String field) {
    return Arrays.stream(field.split("\\."))
        .map(DataObjectPropertyName::toDashedForm)
        .collect(Collectors.joining("."));
  }

  private static boolean isMissing(ObjectError error) {
    return MISSING.contains(String.valueOf(error.getCode()));
  }

  private static String unfit(BindException bind) {
    Class<?> type = ClassUtils.resolvePrimitiveIfNecessary(bind.getTarget().getType().toClass());
    if (type.isEnum()) {
      return "has to be "
          + Arrays.stream(type.getEnumConstants())
              .map(String::valueOf)
              .collect(Collectors.joining(" or "));
    }
    // Rekey's own types describe their form in their exceptions.
    return type.getName().startsWith("dev.rekey.")
        ? "is invalid: " + NestedExceptionUtils.getMostSpecificCause(bind).getMessage()
        : "has to be " + EXPECTED.getOrDefault(type, "a " + type.getSimpleName());
  }
}
