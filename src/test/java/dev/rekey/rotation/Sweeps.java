package dev.rekey.rotation;

import org.springframework.context.ApplicationContext;

/** Lets tests of other packages say when Rekey reconciles. */
public final class Sweeps {

  private Sweeps() {}

  /** Observations once at everything that is due. */
  public static void sweep(ApplicationContext rekey) {
    rekey.getBean(Reconciler.class).sweep();
  }
}
