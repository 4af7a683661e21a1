package dev.rekey.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.audit.chain.CanonicalBytes;
import dev.rekey.audit.chain.Checkpoint;
import dev.rekey.verify.CheckedCheckpoint.Signature;
import dev.rekey.verify.Finding.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CheckpointCoverageTest {

  private static final Instant START = Instant.parse("2026-11-22T09:00:00Z");
  private static final Instant NOW = START.plus(Duration.ofHours(1));
  private static final byte[] HEAD = new byte[32];
  private static final byte[] OTHER_HEAD = {1};

  private final CheckpointCoverage coverage = new CheckpointCoverage(0, List.of(), null);

  @Test
  void matchingCheckpointCoversTheEventsBeforeIt() {
    coverage.add(List.of(checkpoint(2, 2, Signature.VALID)));
    coverage.add(event(1), NOW);
    assertThat(coverage.check(1, OTHER_HEAD)).isNull();
    coverage.add(event(2), NOW);
    assertThat(coverage.unsignedEvents()).isEqualTo(2);

    assertThat(coverage.check(2, HEAD)).isNull();
    assertThat(coverage.unsignedEvents()).isZero();
    assertThat(coverage.newest()).isNotNull();
    assertThat(coverage.late.notes()).isEmpty();
  }

  @Test
  void anotherHeadIsARecomputedChain() {
    coverage.add(List.of(checkpoint(1, 1, Signature.VALID), checkpoint(2, 2, Signature.VALID)));
    assertThat(coverage.check(1, HEAD)).isNull();

    assertThat(coverage.check(2, OTHER_HEAD))
        .returns(Kind.RECOMPUTED, Finding::kind)
        .returns(2L, Finding::seq);
  }

  @Test
  void signatureIsCheckedBeforeTheHead() {
    coverage.add(List.of(checkpoint(1, 1, Signature.INVALID)));

    assertThat(coverage.check(1, OTHER_HEAD)).returns(Kind.BAD_SIGNATURE, Finding::kind);
  }

  @Test
  void checkpointAfterTheEndIsATruncation() {
    coverage.add(List.of(checkpoint(7, 7, Signature.VALID)));

    assertThat(coverage.beyond(5)).returns(Kind.TRUNCATED, Finding::kind).returns(6L, Finding::seq);
  }

  @Test
  void eventsWithoutCheckpointAreUnsignedAfterTenMinutes() {
    coverage.add(List.of(checkpoint(1, 1, Signature.VALID)));
    assertThat(coverage.check(1, HEAD)).isNull();
    coverage.add(event(2), NOW);
    coverage.add(event(12), NOW);
    assertThat(coverage.unsigned(Long.MIN_VALUE)).isNull();

    coverage.add(event(13), NOW);

    assertThat(coverage.unsigned(Long.MIN_VALUE)).returns(Kind.UNSIGNED, Finding::kind);
  }

  @Test
  void chainWithoutAnyCheckpointIsUnsigned() {
    assertThat(coverage.unsigned(Long.MIN_VALUE)).isNull();
    coverage.add(event(1), NOW);

    assertThat(coverage.unsigned(Long.MIN_VALUE)).returns(Kind.UNSIGNED, Finding::kind);
  }

  @Test
  void lateSignaturesAreNoted() {
    coverage.add(List.of(checkpoint(1, 1, Signature.VALID), checkpoint(2, 30, Signature.VALID)));
    coverage.add(event(1), NOW);
    assertThat(coverage.check(1, HEAD)).isNull();
    coverage.add(event(2), NOW);
    assertThat(coverage.check(2, HEAD)).isNull();

    assertThat(coverage.late.notes())
        .hasSize(2)
        .anySatisfy(note -> assertThat(note).contains("seq 2 to 2", "0 d 0 h 28 min", "29 min"));
  }

  @Test
  void equalHeadsAreOneCheckpointTakenAtTheFirstTime() {
    var checkpoints = new ArrayList<CheckedCheckpoint>();
    checkpoint(1, 1, Signature.VALID).addTo(checkpoints);
    checkpoint(1, 2, Signature.VALID).addTo(checkpoints);
    checkpoint(1, 3, Signature.INVALID).addTo(checkpoints);

    assertThat(checkpoints).hasSize(2);
    assertThat(checkpoints.getFirst().checkpoint().takenAt()).isEqualTo(at(2));
    assertThat(checkpoints.getFirst().firstTakenAt()).isEqualTo(at(1));
  }

  private static CheckedCheckpoint checkpoint(long seq, int minute, Signature signature) {
    var checkpoint =
        new Checkpoint(
            UUID.randomUUID(), at(minute), seq, seq, "00".repeat(32), "3b6a27bcceb6a42d", "");
    return new CheckedCheckpoint(checkpoint, "in a test", signature, at(minute));
  }

  private static Link event(int minute) {
    return new Link(minute, null, CanonicalBytes.micros(at(minute)), HEAD, HEAD);
  }

  private static Instant at(int minute) {
    return START.plus(Duration.ofMinutes(minute));
  }
}
