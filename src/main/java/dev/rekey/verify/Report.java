package dev.rekey.verify;

import java.util.HexFormat;
import java.util.List;
import java.util.StringJoiner;

/** Formats the result of a verification. */
final class Report {

  private final StringJoiner lines = new StringJoiner(System.lineSeparator());

  private Report() {}

  /** For a chain without a fault; the notes are one sentence each. */
  static String verified(VerifiedChain chain, List<String> notes) {
    var report = new Report();
    report.lines.add("VERIFIED");
    report.row("events", extent(chain.after + 1, chain.last()));
    report.row("head", HexFormat.of().formatHex(chain.head()));
    report.signatures(chain.coverage);
    report.retention(chain.retention);
    notes.forEach(note -> report.row("note", note));
    return report.lines.toString();
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

  /** For a chain that is valid up to the finding. */
  static String refuted(VerifiedChain chain, Finding finding) {
    var report = new Report();
    report.lines.add("NOT VERIFIED");
    report.row("what", finding.kind().toString());
    report.row("seq", finding.seq() == 0 ? "none" : Long.toString(finding.seq()));
    report.row("event", finding.id() == null ? "unknown" : finding.id().toString());
    report.row("detail", finding.detail());
    long valid = finding.seq() == 0 ? chain.last() : Math.min(chain.last(), finding.seq() - 1);
    report.row("valid before", extent(chain.after + 1, valid));
    return report.lines.toString();
  }

  private static String extent(long from, long to) {
    return to < from ? "none" : "%d, seq %d to %d".formatted(to - from + 1, from, to);
  }

  private void row(String name, String value) {
    lines.add("  %-12s %s".formatted(name, value));
  }
}
