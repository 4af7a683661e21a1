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
  private volatile boolean running;

  StartChecks(List<StartCheck> checks) {
    this.checks = checks;
  }

  @Override
  public void start() {
    checks.forEach(StartCheck::check);
    running = true;
  }

  @Override
  public void stop() {
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return Integer.MIN_VALUE;
  }
}
