package dev.rekey.platform;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names the problems that a route may answer with, for its description. Those that follow from its
 * signature, such as a malformed id in the path, need not be named. Several add up: on the class,
 * on the method, and on annotations of either.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE, ElementType.ANNOTATION_TYPE})
public @interface Answers {

  ProblemType[] value();

  /** The statuses that {@link ProblemType#UPSTREAM_REFUSED}, if named, may come with. */
  int[] refusedAs() default {400, 404, 409, 422, 502};
}
