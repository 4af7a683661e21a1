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
    // So that the log of these threads names the request and the rotation too.
    ContextRegistry.getInstance()
        .registerThreadLocalAccessor(new Slf4jThreadLocalAccessor("requestId", RotationLog.KEY));
  }

  /** {@link CredentialRotation} closes it, while there still is a database. */
  @Bean(name = THREADS, destroyMethod = "", defaultCandidate = false)
  ExecutorService threads() {
    return Executors.newVirtualThreadPerTaskExecutor();
  }
}
