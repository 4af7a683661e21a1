package dev.rekey.upstream;

import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.constraints.NotBlank;
import org.jspecify.annotations.Nullable;

/** Validates {@link NotBlank} on a {@link Secret}; registered in {@code META-INF/services}. */
public final class NotBlankSecret implements ConstraintValidator<NotBlank, Secret> {

  @Override
  public boolean isValid(@Nullable Secret secret, ConstraintValidatorContext context) {
    return secret != null && !secret.isBlank();
  }
}
