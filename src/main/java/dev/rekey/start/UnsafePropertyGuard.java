package dev.rekey.start;

import dev.rekey.platform.settings.PropertyGuard;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.stereotype.Component;

/** Refuses reloaded properties that a start would refuse. */
@Component
final class UnsafePropertyGuard implements PropertyGuard {

  @Override
  public void refuseUnsafe(Binder properties) {
    if (!SandboxProperties.isSandbox(properties)) {
      UnsafeProperties.refuse(properties);
    }
  }
}
