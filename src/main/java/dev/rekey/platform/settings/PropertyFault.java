package dev.rekey.platform.settings;

import java.net.URI;
import java.time.Duration;
import java.time.Period;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.validation.BindValidationException;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.PlaceholderResolutionException;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.FieldError;
import org.springframework.validation.ObjectError;

/** Finds the invalid property that caused a failure. */
public final class PropertyFault {

  private static final Set<String> MISSING = Set.of("NotNull", "NotBlank", "NotEmpty");
  private static final Map<Class<?>, String> EXPECTED =
      Map.of(
          Duration.class, "a duration, such as 500ms, 30s or 7d",
          Period.class, "a period, such as 18m or 2y",
          DataSize.class, "a size, such as 512KB or 1MB",
          URI.class, "a URL",
          Boolean.class, "true or false",
          Integer.class, "a whole number",
          Long.class, "a whole number",
          Double.class, "a number");

  private PropertyFault() {}

  /** The invalid property; null if no property caused the failure. */
  public static @Nullable PropertyException in(@Nullable Throwable failure) {
    PropertyException fault = null;
    for (Throwable cause = failure; cause != null && fault == null; cause = cause.getCause()) {
      fault =
          switch (cause) {
            case PropertyException own -> own;
            case PlaceholderResolutionException unresolved ->
                new PropertyException(
                    unresolved.getPlaceholder(), "is not set, but another setting refers to it");
            case BindValidationException invalid -> invalid(invalid);
            case BindException bind ->
                Objects.requireNonNullElseGet(
                    in(bind.getCause()),
                    () -> new PropertyException(bind.getName().toString(), unfit(bind)));
            default -> null;
          };
    }
    return fault;
  }

  private static PropertyException invalid(BindValidationException invalid) {
    var errors = invalid.getValidationErrors();
    List<ObjectError> all = errors.getAllErrors();
    // A missing value also fails the constraints on its form.
    ObjectError first =
        all.stream().filter(PropertyFault::isMissing).findFirst().orElse(all.getFirst());
    String property =
        first instanceof FieldError field
            ? errors.getName() + "." + dashed(field.getField())
            : errors.getName().toString();
    return new PropertyException(
        property,
        isMissing(first)
            ? "is required, but not set (docs/configuration.md)"
            : String.valueOf(first.getDefaultMessage()).replaceFirst("^must ", "has to "));
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
