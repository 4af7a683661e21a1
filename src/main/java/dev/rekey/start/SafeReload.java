package dev.rekey.start;

import dev.rekey.platform.SettingGuard;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.stereotype.Component;

/** Holds what files change to what a start is held to. */
@Component
final class SafeReload implements SettingGuard {

  @Override
  public void refuseUnsafe(Binder settings) {
    if (!SandboxProperties.isSandbox(settings)) {
      UnsafeSettings.refuse(settings);
    }
  }
}
