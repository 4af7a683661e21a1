package dev.rekey.platform.settings;

import org.springframework.boot.context.properties.bind.Binder;

/** Refuses an unsafe reloaded property that Rekey would not start with. */
public interface PropertyGuard {

  /** Throws a {@link PropertyException} for the first unsafe property. */
  void refuseUnsafe(Binder properties);
}
