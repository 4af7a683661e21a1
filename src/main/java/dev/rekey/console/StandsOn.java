package dev.rekey.console;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names the API route of a page or an action, such as {@code GET /api/v1/credentials}. The person
 * needs the scope of that route. A page has its variables and query parameters, and shows the
 * {@code curl} of its requests.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface StandsOn {
  String value();

  /**
   * The page makes one request for each of these query strings, which it adds to its own query. If
   * there are none, it makes one request with its own query.
   */
  String[] queries() default {};

  /**
   * Further requests that the page makes for each person who has their scope, such as {@code GET
   * /api/v1/findings/counts}.
   */
  String[] also() default {};
}
