package dev.rekey.platform.settings;

import java.util.ArrayList;
import java.util.List;

/** Collects the faults of several settings in a fixed order, so that one start reports them all. */
public final class PropertyFaults {

  private final List<PropertyException> found = new ArrayList<>();

  /** Runs a check, which may throw for invalid settings. Rethrows everything else. */
  public void check(Runnable check) {
    try {
      check.run();
    } catch (RuntimeException e) {
      List<PropertyException> faults = PropertyFault.allIn(e);
      if (faults.isEmpty()) {
        throw e;
      }
      faults.forEach(this::add);
    }
  }

  /** Adds a fault, unless an earlier one is about the same setting. */
  public void add(PropertyException fault) {
    if (found.stream().noneMatch(fault::overlaps)) {
      found.add(fault);
    }
  }

  /** Throws one {@link PropertyException} for all faults; does nothing if there is none. */
  public void refuse() {
    if (!found.isEmpty()) {
      throw PropertyException.all(found);
    }
  }
}
