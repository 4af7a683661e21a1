package dev.rekey.verify;

import dev.rekey.verify.Verdict.Refuted;
import dev.rekey.verify.Verdict.Verified;
import java.util.HexFormat;
import java.util.StringJoiner;

/** Says in words how a verification ended. */
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
    Followed chain = verified.chain();
    lines.add("VERIFIED");
    row("events", extent(chain.after() + 1, chain.last()));
    row("head", HexFormat.of().formatHex(chain.head()));
    vouching(chain.vouching());
    retention(chain.retention());
    verified.remarks().forEach(remark -> row("besides", remark));
  }

  private void vouching(Vouching vouching) {
    Voucher newest = vouching.newest();
    row(
        "vouched for",
        newest == null
            ? "none, by no checkpoint"
            : "up to seq %d, by %s, key %s"
                .formatted(newest.seq(), newest.name(), newest.checkpoint().keyId()));
    row("not yet", vouching.tail() + " events at the end, for which no checkpoint vouches yet");
  }

  private void retention(Retention retention) {
    row(
        "not seen",
        retention.unseen() + " events, which are gone; their places in the chain are sound");
    for (Drop drop : retention.drops()) {
      row(
          "",
          "%s was dropped with %d events, seq %d to %d: says event %s, seq %d"
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
    Followed chain = refuted.chain();
    lines.add("NOT VERIFIED");
    row("what", finding.what());
    row("seq", finding.seq() == 0 ? "none" : Long.toString(finding.seq()));
    row("event", finding.id() == null ? "not known" : finding.id().toString());
    row("detail", finding.detail());
    long sound = finding.seq() == 0 ? chain.last() : Math.min(chain.last(), finding.seq() - 1);
    row("before it", extent(chain.after() + 1, sound));
  }

  private static String extent(long from, long to) {
    return to < from ? "none" : "%d, seq %d to %d".formatted(to - from + 1, from, to);
  }

  private void row(String name, String value) {
    lines.add("  %-12s %s".formatted(name, value));
  }
}
