package dev.rekey.platform;

import java.util.List;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Checks once all beans are made and before anything else is started: so that making them needs
 * nobody else, a database least of all, when the image's AOT cache is trained.
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
