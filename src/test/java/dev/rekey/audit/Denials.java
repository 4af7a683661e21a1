package dev.rekey.audit;

import org.springframework.context.ApplicationContext;

/** Lets tests say when a minute is over in which denials are counted together. */
public final class Denials {

  private Denials() {}

  /** Ends all of them now. */
  public static void endMinutes(ApplicationContext rekey) {
    rekey.getBean(DenialAuditor.class).destroy();
  }
}
