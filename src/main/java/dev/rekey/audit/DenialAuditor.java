package dev.rekey.audit;

import dev.rekey.access.Caller;
import dev.rekey.access.DenialListener;
import dev.rekey.upstream.Subject;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/** Puts every denial into the history. */
@Component
class DenialAuditor implements DenialListener {

  private static final Logger log = LoggerFactory.getLogger(DenialAuditor.class);

  private final AuditLog audit;
  private final TransactionTemplate transaction;

  DenialAuditor(AuditLog audit, PlatformTransactionManager transactions) {
    this.audit = audit;
    this.transaction = new TransactionTemplate(transactions);
  }

  @Override
  public void denied(Caller caller, @Nullable Subject subject, String reason) {
    try {
      transaction.executeWithoutResult(
          _ -> audit.append(AuditEntry.denial(caller, subject, reason)));
    } catch (DataAccessException | TransactionException e) {
      log.error("A denial could not be recorded: {} for {}", reason, caller.id());
    }
  }
}
