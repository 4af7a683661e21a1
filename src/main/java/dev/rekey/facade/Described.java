package dev.rekey.facade;

import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

/** What the parameters mean that several of the facade's routes share. */
final class Described {

  private Described() {}

  @Retention(RetentionPolicy.RUNTIME)
  @Parameter(description = "The app that the connector is attached to.", example = "crm")
  @interface App {}

  @Retention(RetentionPolicy.RUNTIME)
  @Parameter(description = "The connector.", example = "okta")
  @interface Connector {}

  @Retention(RetentionPolicy.RUNTIME)
  @Parameter(description = "The organization's id or label.", example = "acme")
  @interface Organization {}

  @Retention(RetentionPolicy.RUNTIME)
  @Parameter(description = "The service account.", example = "checkout")
  @interface ServiceAccount {}

  @Retention(RetentionPolicy.RUNTIME)
  @Parameter(description = "The credential's id at the upstream.", example = "cred-1")
  @interface CredentialId {}

  @Retention(RetentionPolicy.RUNTIME)
  @Parameter(
      description =
          "How often the client sent this request before, as clients generated with Stainless tell"
              + " by themselves. Above 0, it is refused if the earlier one may have made a"
              + " credential.",
      example = "0",
      schema = @Schema(type = "integer", minimum = "0"))
  @interface RetryCount {}

  @Retention(RetentionPolicy.RUNTIME)
  @Parameter(description = "permissions, to have them filled in.", example = "[\"permissions\"]")
  @interface Expand {}

  @Retention(RetentionPolicy.RUNTIME)
  @Parameter(
      description = "The same as expand[], as released clients send it.",
      example = "[\"permissions\"]")
  @interface ExpandWithoutBrackets {}
}
