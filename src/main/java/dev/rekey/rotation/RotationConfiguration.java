package dev.rekey.rotation;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.integration.Slf4jThreadLocalAccessor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The threads in which rotations, and what follows them, run to their end. */
@Configuration(proxyBeanMethods = false)
class RotationConfiguration {

  static final String THREADS = "rotationThreads";

  RotationConfiguration() {
    // So that the log of these threads names the request too.
    ContextRegistry.getInstance()
        .registerThreadLocalAccessor(new Slf4jThreadLocalAccessor("requestId"));
  }

  /** {@link CredentialRotation} closes it, while there still is a database. */
  @Bean(name = THREADS, destroyMethod = "", defaultCandidate = false)
  ExecutorService threads() {
    return Executors.newVirtualThreadPerTaskExecutor();
  }
}
