package dev.rekey.audit;

import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

/** What the parameters mean by which the readers of the history say which events they want. */
final class Wanted {

  private Wanted() {}

  @Retention(RetentionPolicy.RUNTIME)
  @Parameter(
      description = "Only events of this type.",
      example = "rotation.succeeded",
      schema = @Schema(ref = "#/components/schemas/AuditType"))
  @interface Type {}

  @Retention(RetentionPolicy.RUNTIME)
  @Parameter(
      description = "Only events that tell of this end.",
      example = "succeeded",
      schema = @Schema(ref = "#/components/schemas/AuditOutcome"))
  @interface Outcome {}

  @Retention(RetentionPolicy.RUNTIME)
  @Parameter(description = "Only events of this actor: the id as it is shown.", example = "ci-bot")
  @interface Actor {}

  @Retention(RetentionPolicy.RUNTIME)
  @Parameter(description = "Only events of actors of this team.", example = "payments")
  @interface Team {}

  @Retention(RetentionPolicy.RUNTIME)
  @Parameter(description = "Only events of this upstream.", example = "keycard")
  @interface Upstream {}

  @Retention(RetentionPolicy.RUNTIME)
  @Parameter(
      description =
          "Only events of this subject, or of those that begin so if it ends in *: apps/crm/*.",
      example = "apps/crm/connectors/okta")
  @interface Subject {}

  @Retention(RetentionPolicy.RUNTIME)
  @Parameter(
      description = "Only events of this credential in the inventory.",
      example = "019aa8a5-9c55-7a3e-8d21-0b9e7c6f5a42")
  @interface CredentialId {}

  @Retention(RetentionPolicy.RUNTIME)
  @Parameter(
      description = "Only events of this rotation.",
      example = "019aa8a5-9c41-7b52-9e03-6c2d8f4a1b70")
  @interface RotationId {}

  @Retention(RetentionPolicy.RUNTIME)
  @Parameter(
      description = "Only events in which every one of these words occurs, or one begins so.",
      example = "okta timeout")
  @interface Words {}

  @Retention(RetentionPolicy.RUNTIME)
  @Parameter(description = "The earliest time, inclusive.", example = "2026-01-31T00:00:00Z")
  @interface From {}

  @Retention(RetentionPolicy.RUNTIME)
  @Parameter(description = "The latest time, exclusive.", example = "2026-02-01T00:00:00Z")
  @interface To {}
}
