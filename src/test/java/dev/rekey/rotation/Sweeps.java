package dev.rekey.rotation;

import org.springframework.context.ApplicationContext;

/** Runs the reconciler for tests of other packages. */
public final class Sweeps {

  private Sweeps() {}

  /** Checks everything that is due, once. */
  public static void sweep(ApplicationContext rekey) {
    rekey.getBean(Reconciler.class).sweep();
  }
}
