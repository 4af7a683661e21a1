package dev.rekey.audit;

import org.springframework.context.ApplicationContext;

/** Lets tests close the minutes in which repeated denials are counted. */
public final class Denials {

  private Denials() {}

  public static void closeMinutes(ApplicationContext rekey) {
    rekey.getBean(DenialAuditor.class).destroy();
  }
}
