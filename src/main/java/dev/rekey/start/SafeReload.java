package dev.rekey.start;

import dev.rekey.platform.settings.PropertyGuard;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.stereotype.Component;

/** Holds what files change to what a start is held to. */
@Component
final class SafeReload implements PropertyGuard {

  @Override
  public void refuseUnsafe(Binder settings) {
    if (!SandboxProperties.isSandbox(settings)) {
      UnsafeSettings.refuse(settings);
    }
  }
}
