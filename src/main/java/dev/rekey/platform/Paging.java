package dev.rekey.platform;

import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

/** What the parameters mean by which every list of ours is paged, for its description. */
public final class Paging {

  private Paging() {}

  /** To be read by {@link Slice#limit}. */
  @Retention(RetentionPolicy.RUNTIME)
  @Parameter(
      description = "How many at most: 1 to 500; default 50.",
      example = "50",
      schema = @Schema(type = "integer", minimum = "1", maximum = "500", defaultValue = "50"))
  public @interface Limit {}

  /** To be read by {@link Cursor#decode}. */
  @Retention(RetentionPolicy.RUNTIME)
  @Parameter(
      description = "nextCursor of the page before.",
      example = "AAZEL3vJYkABmqilnFV6Po0hC558b1pC3q2-7wABAgM")
  public @interface Next {}
}
