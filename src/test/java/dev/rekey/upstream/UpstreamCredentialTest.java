package dev.rekey.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.platform.PathId;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class UpstreamCredentialTest {

  private static final Instant CREATED = Instant.parse("2026-01-02T03:04:05Z");

  @Test
  void timesBeforeItsCreationAreNull() {
    UpstreamCredential seen = withAllTimes(CREATED, CREATED.minus(Duration.ofHours(1)));

    assertThat(seen.updatedAt()).isNull();
    assertThat(seen.expiresAt()).isNull();
    assertThat(seen.lastUsedAt()).isNull();
    assertThat(seen.deletedAt()).isNull();
  }

  @Test
  void clocksMayDifferALittle() {
    Instant earlier = CREATED.minusSeconds(60);

    assertThat(withAllTimes(CREATED, earlier).deletedAt()).isEqualTo(earlier);
    assertThat(withAllTimes(null, earlier).deletedAt()).isEqualTo(earlier);
  }

  private static UpstreamCredential withAllTimes(@Nullable Instant created, Instant others) {
    return new UpstreamCredential(
        PathId.of("id"), null, null, null, created, others, others, others, others, null, null);
  }
}
