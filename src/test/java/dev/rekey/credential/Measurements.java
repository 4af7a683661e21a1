package dev.rekey.credential;

import org.springframework.context.ApplicationContext;

/** Lets tests of other packages update the gauges of the inventory. */
public final class Measurements {

  private Measurements() {}

  /** Updates the gauges now. */
  public static void takeNow(ApplicationContext rekey) {
    rekey.getBean(InventoryMetrics.class).measure();
  }
}
