package dev.rekey.platform.settings;

import org.springframework.boot.context.properties.bind.Binder;

/** Knows which settings are not safe, so that files do not change them to what no start takes. */
public interface PropertyGuard {

  /** Throws a {@link PropertyException} that names one that is not safe, if there is one. */
  void refuseUnsafe(Binder settings);
}
