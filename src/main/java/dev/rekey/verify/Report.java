package dev.rekey.verify;

import dev.rekey.verify.Verdict.Refuted;
import dev.rekey.verify.Verdict.Verified;
import java.util.HexFormat;
import java.util.StringJoiner;

/** Formats the result of a verification. */
final class Report {

  private final StringJoiner lines = new StringJoiner(System.lineSeparator());

  private Report() {}

  static String of(Verdict verdict) {
    var report = new Report();
    switch (verdict) {
      case Verified verified -> report.verified(verified);
      case Refuted refuted -> report.refuted(refuted);
    }
    return report.lines.toString();
  }

  private void verified(Verified verified) {
    VerifiedChain chain = verified.chain();
    lines.add("VERIFIED");
    row("events", extent(chain.after + 1, chain.last()));
    row("head", HexFormat.of().formatHex(chain.head()));
    signatures(chain.coverage);
    retention(chain.retention);
    verified.notes().forEach(note -> row("note", note));
  }

  private void signatures(CheckpointCoverage coverage) {
    CheckedCheckpoint newest = coverage.newest();
    row(
        "signed",
        newest == null
            ? "none, because there is no checkpoint"
            : "up to seq %d, by %s, key %s"
                .formatted(newest.seq(), newest.description(), newest.checkpoint().keyId()));
    row(
        "not signed",
        coverage.unsignedEvents() + " events at the end, which no checkpoint covers yet");
  }

  private void retention(Retention retention) {
    row(
        "not readable",
        retention.missingEvents() + " events, which are gone; their positions are valid");
    for (PartitionDrop drop : retention.drops()) {
      row(
          "",
          "%s was dropped with %d events, seq %d to %d, according to event %s, seq %d"
              .formatted(
                  drop.month(),
                  drop.events(),
                  drop.firstSeq(),
                  drop.lastSeq(),
                  drop.by().id,
                  drop.by().seq));
    }
  }

  private void refuted(Refuted refuted) {
    Finding finding = refuted.finding();
    VerifiedChain chain = refuted.chain();
    lines.add("NOT VERIFIED");
    row("what", finding.what());
    row("seq", finding.seq() == 0 ? "none" : Long.toString(finding.seq()));
    row("event", finding.id() == null ? "unknown" : finding.id().toString());
    row("detail", finding.detail());
    long valid = finding.seq() == 0 ? chain.last() : Math.min(chain.last(), finding.seq() - 1);
    row("valid before", extent(chain.after + 1, valid));
  }

  private static String extent(long from, long to) {
    return to < from ? "none" : "%d, seq %d to %d".formatted(to - from + 1, from, to);
  }

  private void row(String name, String value) {
    lines.add("  %-12s %s".formatted(name, value));
  }
}
