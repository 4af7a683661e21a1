package dev.rekey.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Values files with one mistake each, and the message that refuses it. */
class RefusedValuesTest {

  private static final Path BAD = Path.of("src/test/resources/chart/bad");
  private static final String EXPECTATION = "# Refused with: ";

  static List<Path> badFiles() {
    return Chart.files(BAD);
  }

  @ParameterizedTest
  @MethodSource("badFiles")
  void eachIsRefusedWithItsOwnMessageOnly(Path bad) throws IOException {
    String expected = Files.readAllLines(bad).getFirst().substring(EXPECTATION.length());

    String message = catchThrowable(() -> Chart.render(Chart.MINIMAL, bad)).getMessage();

    assertThat(message).contains(expected).doesNotContain("hunter2", "nil pointer", "goroutine");
    assertThat(message.lines().filter(line -> line.strip().startsWith("- "))).hasSize(1);
  }

  @Test
  void withoutValuesAllRequiredOnesAreListedAtOnce() {
    assertThatThrownBy(() -> Chart.render())
        .hasMessageContaining("Rekey cannot be installed with these values:")
        .message()
        .contains(
            "image.repository is required: name the image that you built and pushed",
            "database.url is required: such as jdbc:postgresql://",
            "database.service.existingSecret is required: name the Secret",
            "database.owner.existingSecret is required: name the Secret",
            "callers.issuerUri is required: the issuer of",
            "callers.audiences is required",
            "upstreams.conductorone.apiUrl is required: such as https://acme.conductor.one",
            "upstreams.conductorone.tokenUrl is required",
            "upstreams.conductorone.clientId is required",
            "upstreams.conductorone.existingSecret is required",
            "upstreams.keycard.clientId is required",
            "upstreams.keycard.existingSecret is required",
            "upstreams.keycard.organizations is required",
            "audit.existingSecret is required")
        .contains("README.md describes every value");
  }

  @Test
  void everyKindOfMistakeHasAFile() {
    assertThat(badFiles()).hasSizeGreaterThanOrEqualTo(100);
  }
}
