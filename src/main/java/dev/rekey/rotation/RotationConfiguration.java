package dev.rekey.rotation;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.integration.Slf4jThreadLocalAccessor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The threads in which rotations run until they are finished. */
@Configuration(proxyBeanMethods = false)
class RotationConfiguration {

  static final String THREADS = "rotationThreads";

  RotationConfiguration() {
    // Log lines of these threads then have the ids of the request and the rotation.
    ContextRegistry.getInstance()
        .registerThreadLocalAccessor(new Slf4jThreadLocalAccessor("requestId", RotationLog.KEY));
  }

  /** {@link CredentialRotation} closes it while the database is still available. */
  @Bean(name = THREADS, destroyMethod = "", defaultCandidate = false)
  ExecutorService threads() {
    return Executors.newVirtualThreadPerTaskExecutor();
  }
}
