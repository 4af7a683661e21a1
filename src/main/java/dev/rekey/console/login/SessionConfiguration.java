package dev.rekey.console.login;

import dev.rekey.platform.crypto.DerivedKeys;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
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

  private static final Duration MAX_UNWRITTEN = Duration.ofMinutes(1);

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
    sessions.setUpdateSessionQuery(update(unwritten(properties)));
    return sessions;
  }

  /**
   * Spring Session's update with one more condition: if only the time of the last request differs,
   * the row changes only when the stored time is older than {@code unwritten}. So most pages change
   * nothing, and do not wait for the disk.
   */
  private static String update(Duration unwritten) {
    return """
    update %%TABLE_NAME%% s
    set session_id = n.session_id, last_access_time = n.last_access_time,
      max_inactive_interval = n.max_inactive_interval, expiry_time = n.expiry_time,
      principal_name = n.principal_name
    from (values (cast(? as char(36)), ?, ?, ?, ?, cast(? as char(36)))) n (session_id,
      last_access_time, max_inactive_interval, expiry_time, principal_name, primary_id)
    where s.primary_id = n.primary_id
      and ((s.session_id, s.max_inactive_interval, s.principal_name)
          is distinct from (n.session_id, n.max_inactive_interval, n.principal_name)
        or s.last_access_time < n.last_access_time - %d)
    """
        .formatted(unwritten.toMillis());
  }

  /**
   * How old the stored time of the last request may become. It is a small part of the idle timeout,
   * so a person who opens pages stays logged in.
   */
  private static Duration unwritten(ConsoleProperties properties) {
    Duration part = properties.idleTimeout().dividedBy(10);
    return part.compareTo(MAX_UNWRITTEN) < 0 ? part : MAX_UNWRITTEN;
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
