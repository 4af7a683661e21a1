package dev.rekey.policy;

import dev.rekey.platform.crypto.Sha256;
import dev.rekey.upstream.Subject;
import java.time.Duration;
import java.util.HexFormat;

/** Spreads subjects evenly over a time, each always at the same place. */
enum Spread {
  /** Within the jitter of a policy. */
  JITTER,
  /** Within the ramp of a policy. */
  RAMP;

  private static final int DIGITS = 12;
  private static final double RANGE = Math.pow(16, DIGITS);

  /** The place of a subject in a time of this length: from 0 to less than the length. */
  Duration place(String policy, Subject subject, Duration length) {
    String hash = Sha256.hex(name() + "\n" + policy + "\n" + subject.name());
    double share = HexFormat.fromHexDigitsToLong(hash.substring(0, DIGITS)) / RANGE;
    return Duration.ofMillis((long) (share * length.toMillis()));
  }
}
