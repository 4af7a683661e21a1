-- Keeps what Rekey writes once at its start: the scanned subjects, their runs, and the expiry policy.

-- Skips the triggers that keep the history append-only.
set local session_replication_role = replica;
-- Longer than deadlock_timeout, after which autovacuum gives way.
set local lock_timeout = '3s';

truncate
  audit_event, audit_seal, audit_checkpoint, audit_rollup, audit_rollup_subject,
  credential, credential_change, credential_tally, credential_tally_change, credential_told,
  idempotency_key, rotation, rotation_attempt, overlap, retirement, secret_delivery, automation, automation_pause,
  finding, finding_run, console_view, console_session, console_session_attributes,
  webhook_delivery;

update audit_sealer set sealed = pg_current_snapshot(), target = null, after_xid = null, after_id = null;
