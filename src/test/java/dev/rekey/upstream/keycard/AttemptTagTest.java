package dev.rekey.upstream.keycard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class AttemptTagTest {

  private static final UUID ATTEMPT = UUID.fromString("019aa8a5-9c42-7c11-b8f0-3d5e7a9c1b2d");

  @Test
  void tagIsFoundAndRemoved() {
    String tagged = AttemptTag.append("nightly build", ATTEMPT);

    assertThat(tagged).isEqualTo("nightly build [rekey:" + ATTEMPT + "]");
    assertThat(tagged).hasSizeLessThanOrEqualTo("nightly build".length() + AttemptTag.LENGTH);
    assertThat(AttemptTag.find(tagged)).isEqualTo(ATTEMPT);
    assertThat(AttemptTag.remove(tagged)).isEqualTo("nightly build");
  }

  @ParameterizedTest
  @NullAndEmptySource
  void descriptionThatIsOnlyATagIsNull(String description) {
    String tagged = AttemptTag.append(description, ATTEMPT);

    assertThat(AttemptTag.find(tagged)).isEqualTo(ATTEMPT);
    assertThat(AttemptTag.remove(tagged)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "[rekey:]", "[rekey:not-a-uuid]", "rekey:" + "x"})
  void descriptionWithoutTagStaysUnchanged(String description) {
    assertThat(AttemptTag.find(description)).isNull();
    assertThat(AttemptTag.remove(description)).isEqualTo(description);
  }

  @Test
  void textWithTheStartOfATagIsRecognized() {
    assertThat(AttemptTag.isIn("x [ReKey:")).isTrue();
    assertThat(AttemptTag.isIn("rekey: nightly")).isFalse();
  }

  @Test
  void aShortenedDescriptionHasRoomForTheTag() {
    String longest = "d".repeat(500);

    assertThat(AttemptTag.fits("d".repeat(454))).isTrue();
    assertThat(AttemptTag.fits("d".repeat(455))).isFalse();
    assertThat(AttemptTag.append(AttemptTag.shorten(longest), ATTEMPT)).hasSizeBetween(490, 500);
  }

  @Test
  void noCharacterIsCutInTwo() {
    String shortened = AttemptTag.shorten("d" + "😀".repeat(250));

    assertThat(shortened).hasSize(453).endsWith("😀");
  }
}
