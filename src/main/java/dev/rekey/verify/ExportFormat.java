package dev.rekey.verify;

import dev.rekey.audit.chain.Checkpoint;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The lines of an export (docs/audit-chain.md, export format). */
final class ExportFormat {

  private ExportFormat() {}

  record Header(
      String kind,
      String format,
      boolean verifiable,
      long afterSeq,
      @Nullable String previousHash,
      long throughSeq,
      @Nullable Checkpoint checkpoint) {

    boolean isValid() {
      return "header".equals(kind) && "rekey-audit-export-1".equals(format);
    }
  }

  record Trailer(
      String kind, long count, @Nullable Long firstSeq, @Nullable Long lastSeq, String sha256) {

    boolean isValid() {
      return "trailer".equals(kind);
    }
  }

  record Event(
      UUID id,
      long seq,
      @Nullable String type,
      Instant occurredAt,
      @Nullable String outcome,
      @Nullable String reason,
      Actor actor,
      @Nullable String upstream,
      @Nullable String subject,
      @Nullable String upstreamId,
      @Nullable UUID credentialId,
      @Nullable UUID rotationId,
      @Nullable String requestId,
      @Nullable String traceId,
      @Nullable Source source,
      List<Change> changes,
      boolean backfilled,
      int schemaVersion,
      String chainHash) {

    Event {
      Stream.of(id, occurredAt, actor, changes, chainHash).forEach(Objects::requireNonNull);
      if (!occurredAt.equals(occurredAt.truncatedTo(ChronoUnit.MICROS))
          || schemaVersion != (short) schemaVersion) {
        throw new IllegalArgumentException("too precise");
      }
    }
  }

  record Actor(
      @Nullable String id,
      @Nullable String clientId,
      @Nullable String team,
      @Nullable String kind) {}

  record Source(@Nullable String ip, @Nullable String userAgent) {}

  record Change(@Nullable String field, @Nullable String from, @Nullable String to) {}

  /** A line for an event of a dropped month. */
  record Dropped(String kind, long seq, String rowHash, String chainHash) {

    Dropped {
      Objects.requireNonNull(rowHash);
      Objects.requireNonNull(chainHash);
    }
  }
}
