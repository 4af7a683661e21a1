package dev.rekey.credential;

import dev.rekey.audit.AuditType;
import dev.rekey.upstream.UpstreamName;
import dev.rekey.upstream.Upstreams;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumSet;
import java.util.Set;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Counts drift events. Registers every counter at start, so that each one begins at zero. */
@Component
class DriftMetrics {

  private static final Set<AuditType> COUNTED =
      EnumSet.of(
          AuditType.CREDENTIAL_DISCOVERED,
          AuditType.CREDENTIAL_UNMANAGED_MINT,
          AuditType.CREDENTIAL_CHANGED,
          AuditType.CREDENTIAL_MISSING,
          AuditType.CREDENTIAL_REAPPEARED,
          AuditType.CREDENTIAL_EXPIRED);

  private final MeterRegistry meters;

  DriftMetrics(Upstreams upstreams, MeterRegistry meters) {
    this.meters = meters;
    upstreams.names().forEach(upstream -> COUNTED.forEach(type -> counter(type, upstream)));
  }

  private Counter counter(AuditType type, String upstream) {
    return Counter.builder("rekey.drift")
        .description("Changes to credentials that were made outside Rekey")
        .tag("type", type.text())
        .tag("upstream", upstream)
        .register(meters);
  }

  /** Counts an event when the current transaction has committed. */
  void count(AuditType type, UpstreamName upstream) {
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            counter(type, upstream.value()).increment();
          }
        });
  }
}
