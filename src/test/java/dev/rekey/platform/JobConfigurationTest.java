package dev.rekey.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.scheduling.annotation.Scheduled;

@ExtendWith(OutputCaptureExtension.class)
@Timeout(30)
class JobConfigurationTest {

  @Test
  void failureIsLoggedWithTheJobsNameAndTheJobRunsAgain(CapturedOutput output) throws Exception {
    try (var context = context(Failing.class)) {
      assertThat(context.getBean(Failing.class).runs.await(10, TimeUnit.SECONDS)).isTrue();
    }

    assertThat(output)
        .containsOnlyOnce("Failing.run is postponed: QueryTimeoutException")
        .containsOnlyOnce("Failing.run failed")
        .contains("IllegalStateException: second")
        .doesNotContain("first");
  }

  @Test
  void stopWaitsForTheRunningJobAndStartsNoOther() throws Exception {
    Slow job;
    try (var context = context(Slow.class)) {
      job = context.getBean(Slow.class);
      assertThat(job.started.await(10, TimeUnit.SECONDS)).isTrue();
      Thread closing = Thread.ofVirtual().start(context::close);
      assertThat(closing.join(Duration.ofMillis(300))).isFalse();
      job.mayFinish.countDown();
      closing.join();
    }

    assertThat(job.interrupted).isFalse();
    assertThat(job.finished).hasValue(1);
  }

  @Test
  void jobsRunInThreadsOfTheirOwn() throws Exception {
    try (var context = context(Slow.class, Failing.class)) {
      assertThat(context.getBean(Slow.class).started.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(context.getBean(Failing.class).runs.await(10, TimeUnit.SECONDS)).isTrue();
      context.getBean(Slow.class).mayFinish.countDown();
    }
  }

  private static AnnotationConfigApplicationContext context(Class<?>... jobs) {
    var context = new AnnotationConfigApplicationContext();
    context.register(JobConfiguration.class);
    context.register(jobs);
    context.refresh();
    return context;
  }

  static class Failing {

    final CountDownLatch runs = new CountDownLatch(3);

    @Scheduled(fixedDelayString = "1ms")
    void run() {
      long left = runs.getCount();
      runs.countDown();
      if (left == 3) {
        throw new QueryTimeoutException("first");
      }
      if (left == 2) {
        throw new IllegalStateException("second");
      }
    }
  }

  static class Slow {

    final CountDownLatch started = new CountDownLatch(1);
    final CountDownLatch mayFinish = new CountDownLatch(1);
    final AtomicInteger finished = new AtomicInteger();
    final AtomicBoolean interrupted = new AtomicBoolean();

    @Scheduled(fixedDelayString = "1ms")
    void run() {
      started.countDown();
      try {
        mayFinish.await();
      } catch (InterruptedException e) {
        interrupted.set(true);
      }
      finished.incrementAndGet();
    }
  }
}
