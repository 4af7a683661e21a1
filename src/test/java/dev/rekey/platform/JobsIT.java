package dev.rekey.platform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.scheduling.config.ScheduledTask;
import org.springframework.scheduling.config.ScheduledTaskHolder;

class JobsIT extends RekeyIT {

  // Each has a job that refreshes the inventory, which tests run themselves.
  private static final int UPSTREAMS = 2;

  @Autowired private ScheduledTaskHolder jobs;

  @Test
  void everyJobIsScheduledAndHasAThread() {
    assertThat(jobs.getScheduledTasks())
        .extracting(ScheduledTask::toString)
        .hasSize(26)
        .allMatch(name -> name.startsWith("dev.rekey."));
    assertThat(26 + UPSTREAMS).isLessThanOrEqualTo(JobConfiguration.THREADS);
  }
}
