package dev.rekey.contract;

import dev.rekey.platform.query.BoundedQueries;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Faults that neither the sandbox nor the database can have. */
@TestConfiguration(proxyBeanMethods = false)
class Faults {

  /** A request with this header meets a bug. Rekey has none that a test could rely on. */
  static final String BUG = "X-Bug";

  /** Gives up sooner than Rekey's own. */
  @Bean
  @Primary
  BoundedQueries impatientQueries(JdbcClient jdbc, PlatformTransactionManager transactions) {
    return new BoundedQueries(jdbc, transactions, Duration.ofSeconds(2), 20);
  }

  @Bean
  WebMvcConfigurer bug() {
    return new WebMvcConfigurer() {
      @Override
      public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(new Bug());
      }
    };
  }

  private static final class Bug implements HandlerInterceptor {

    @Override
    public boolean preHandle(
        HttpServletRequest request, HttpServletResponse response, Object handler) {
      if (request.getHeader(BUG) != null) {
        throw new IllegalStateException("a bug");
      }
      return true;
    }
  }
}
