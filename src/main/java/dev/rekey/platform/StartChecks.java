package dev.rekey.platform;

import java.util.List;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Runs the checks after all beans are created and before any of them starts. Bean creation itself
 * must not need a database, because the image's AOT cache is trained by it.
 */
@Component
class StartChecks implements SmartLifecycle {

  private final List<StartCheck> checks;

  StartChecks(List<StartCheck> checks) {
    this.checks = checks;
  }

  @Override
  public void start() {
    checks.forEach(StartCheck::check);
  }

  @Override
  public void stop() {
    // A check leaves nothing running.
  }

  @Override
  public boolean isRunning() {
    return false;
  }

  @Override
  public int getPhase() {
    return Integer.MIN_VALUE;
  }
}
