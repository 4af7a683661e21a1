package dev.rekey.platform;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.scheduling.support.DelegatingErrorHandlingRunnable;
import org.springframework.transaction.TransactionException;

/**
 * Runs the {@code @Scheduled} jobs of every replica, each in its own thread, so that a job that
 * waits for an upstream delays no other.
 */
@Configuration(proxyBeanMethods = false)
@EnableScheduling
class JobConfiguration {

  /** At least the number of jobs. A virtual thread that waits costs next to nothing. */
  static final int THREADS = 32;

  private static final Logger log = LoggerFactory.getLogger(JobConfiguration.class);

  @Bean
  ThreadPoolTaskScheduler taskScheduler() {
    var scheduler = new JobScheduler();
    scheduler.setVirtualThreads(true);
    scheduler.setPoolSize(THREADS);
    scheduler.setThreadNamePrefix("rekey-job-");
    // No job starts once the context closes. Running jobs finish while the web server lets its
    // requests finish, so that neither waits for the other.
    scheduler.setPhase(WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE);
    return scheduler;
  }

  /** Names the job that fails, which an error handler does not know, and keeps it scheduled. */
  static final class JobScheduler extends ThreadPoolTaskScheduler {

    private static final long serialVersionUID = 1;

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable job, Instant start, Duration delay) {
      return super.scheduleWithFixedDelay(
          new DelegatingErrorHandlingRunnable(job, failure -> report(job, failure)), start, delay);
    }

    private static void report(Runnable job, Throwable failure) {
      if (failure instanceof DataAccessException || failure instanceof TransactionException) {
        log.warn("{} is postponed: {}", job, failure.getClass().getSimpleName());
      } else {
        log.error("{} failed", job, failure);
      }
    }
  }
}
