package dev.rekey.rotation;

import dev.rekey.platform.BackgroundWork.Round;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.integration.Slf4jThreadLocalAccessor;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The threads in which rotations run to their end, and what every replica does about them. */
@Configuration(proxyBeanMethods = false)
class RotationConfiguration {

  static final String THREADS = "rotationThreads";

  private static final Duration BACKFILL_EVERY = Duration.ofSeconds(1);
  private static final Duration FORGET_EVERY = Duration.ofHours(1);
  private static final Duration MEASURE_EVERY = Duration.ofSeconds(15);

  RotationConfiguration() {
    // So that the log of these threads names the request and the rotation too.
    ContextRegistry.getInstance()
        .registerThreadLocalAccessor(new Slf4jThreadLocalAccessor("requestId", RotationLog.KEY));
  }

  /** {@link CredentialRotation} closes it, while there still is a database. */
  @Bean(name = THREADS, destroyMethod = "", defaultCandidate = false)
  ExecutorService threads() {
    return Executors.newVirtualThreadPerTaskExecutor();
  }

  @Bean
  Round reconcile(Reconciler reconciler, RotationProperties properties) {
    return new Round("reconcile", properties.reconcileEvery(), reconciler::sweep);
  }

  @Bean
  Round retire(Retirements retirements, RotationProperties properties) {
    return new Round("retire", properties.retireEvery(), retirements::sweep);
  }

  @Bean
  Round backfill(LateRecords lateRecords) {
    return new Round("backfill", BACKFILL_EVERY, lateRecords::write);
  }

  @Bean
  Round forgetKeys(Reconciler reconciler) {
    return new Round("forget-keys", FORGET_EVERY, reconciler::forgetKeys);
  }

  @Bean
  Round measureUnknown(UnknownRotations unknown) {
    return new Round("measure-unknown", MEASURE_EVERY, unknown::look);
  }
}
