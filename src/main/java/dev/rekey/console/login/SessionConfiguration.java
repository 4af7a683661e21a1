package dev.rekey.console.login;

import dev.rekey.platform.crypto.DerivedKeys;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.convert.support.GenericConversionService;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.session.Session;
import org.springframework.session.jdbc.JdbcIndexedSessionRepository;
import org.springframework.session.jdbc.PostgreSqlJdbcIndexedSessionRepositoryCustomizer;
import org.springframework.session.web.http.CookieHttpSessionIdResolver;
import org.springframework.session.web.http.SessionRepositoryFilter;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Keeps the sessions of the console in PostgreSQL, so that every replica serves everybody. The API
 * has no sessions.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty("rekey.console.enabled")
class SessionConfiguration {

  @Bean
  JdbcIndexedSessionRepository consoleSessions(
      JdbcOperations jdbc, PlatformTransactionManager transactions, ConsoleProperties properties) {
    var ownTransaction = new TransactionTemplate(transactions);
    ownTransaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
    var sessions = new JdbcIndexedSessionRepository(jdbc, ownTransaction);
    sessions.setTableName("console_session");
    sessions.setDefaultMaxInactiveInterval(properties.idleTimeout());
    sessions.setConversionService(texts());
    // Rekey's own job does it, see ExpiredSessions.
    sessions.setCleanupCron(Scheduled.CRON_DISABLED);
    new PostgreSqlJdbcIndexedSessionRepositoryCustomizer().customize(sessions);
    return sessions;
  }

  /** Every attribute is a text, so nothing is deserialized from the database. */
  private static GenericConversionService texts() {
    var conversions = new GenericConversionService();
    conversions.addConverter(
        Object.class,
        byte[].class,
        attribute -> ((String) attribute).getBytes(StandardCharsets.UTF_8));
    conversions.addConverter(
        byte[].class, Object.class, bytes -> new String(bytes, StandardCharsets.UTF_8));
    return conversions;
  }

  @Bean
  FilterRegistrationBean<SessionRepositoryFilter<? extends Session>> consoleSessionFilter(
      JdbcIndexedSessionRepository sessions, ConsoleProperties properties, DerivedKeys keys) {
    var ids = new CookieHttpSessionIdResolver();
    ids.setCookieSerializer(new SignedSessionIds(properties, keys));
    var filter = new SessionRepositoryFilter<>(sessions);
    filter.setHttpSessionIdResolver(ids);
    var registration =
        new FilterRegistrationBean<SessionRepositoryFilter<? extends Session>>(filter);
    registration.addUrlPatterns("/console", "/console/*");
    registration.setOrder(SessionRepositoryFilter.DEFAULT_ORDER);
    return registration;
  }

  @Bean
  FilterRegistrationBean<OutagePage> consoleOutagePage() {
    var registration = new FilterRegistrationBean<>(new OutagePage());
    registration.addUrlPatterns("/console", "/console/*");
    registration.setOrder(SessionRepositoryFilter.DEFAULT_ORDER - 1);
    return registration;
  }

  @Bean
  ExpiredSessions expiredSessions(JdbcIndexedSessionRepository sessions) {
    return new ExpiredSessions(sessions);
  }

  /** Deletes the sessions that have ended. */
  static final class ExpiredSessions {

    private final JdbcIndexedSessionRepository sessions;

    ExpiredSessions(JdbcIndexedSessionRepository sessions) {
      this.sessions = sessions;
    }

    @Scheduled(fixedDelay = 1, timeUnit = TimeUnit.MINUTES)
    void delete() {
      sessions.cleanUpExpiredSessions();
    }
  }
}
