package dev.rekey.platform.web;

import jakarta.servlet.http.HttpServletRequest;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Optional;

/**
 * Marks a {@code GET} route whose responses clients can revalidate (RFC 9110, 13.1.2). They have a
 * strong {@code ETag}. A request that sends it in {@code If-None-Match} gets a 304 without a body
 * if the body would be the same.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Revalidated {

  /**
   * Finds cheaply that nothing has changed. By default, Rekey makes each response to compare it.
   */
  Class<? extends ContentVersion>[] by() default {};

  /** Identifies the state of the data that responses are made from. */
  interface ContentVersion {

    /**
     * A text that differs before and after each change that can change the response, including a
     * change of what the caller may see. It need not depend on the request's URL and headers. Empty
     * if the state cannot be found cheaply.
     */
    Optional<String> of(HttpServletRequest request);

    /**
     * The version now, or a second ago, for the tag of a response that is made after this call. A
     * tag with a past version is safe: no later state has this version.
     */
    Optional<String> ofThisSecond(HttpServletRequest request);
  }
}
