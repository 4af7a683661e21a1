package dev.rekey.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The table in {@code docs/crash-matrix.md}, which the whole run of {@link CrashMatrixIT} writes.
 */
final class CrashMatrix {

  private static final Path DOCUMENT = Path.of("docs/crash-matrix.md");

  private static final String INTRODUCTION =
      """
      # Crash matrix

      What is left of a rotation when Rekey is killed (SIGKILL) in the middle of it, started again
      and left alone. `mvn verify -Pchaos -Dit.test=CrashMatrixIT` does that at every point below
      and writes this page; the build does it at some of them and fails if this page is not true
      any more.

      At every point, the sandbox's own books are compared with Rekey's: every credential ever
      minted belongs to a recorded attempt, no attempt minted two, every live credential that Rekey
      minted at Keycard belongs to a rotation that `SUCCEEDED`, nothing stays `PENDING`, every
      rotation has its two events, and a fresh rotation of the same target succeeds, with a secret
      that works. ConductorOne replaces, as it does by default, where it is not said to be additive.

      *Live* are those of the subject's credentials that authenticate afterwards: the older, from
      before (at the last point, the one that was to go); its own, which the rotation made.
      *Delivered*: whether Rekey knows that the caller got the secret; – if there is none to get.

      | upstream | killed when | rotation · attempt | events | live | delivered |
      | --- | --- | --- | --- | --- | --- |
      """;

  private CrashMatrix() {}

  /** What was left at one point. */
  record Row(Cell cell, String states, List<String> events, String live, String delivered) {

    @Override
    public String toString() {
      return "| %s | %s | %s | %s | %s | %s |"
          .formatted(
              cell.target().upstream() + (cell.isAdditive() ? ", additive" : ""),
              cell.point(),
              states,
              events.isEmpty() ? "–" : String.join(", ", events),
              live,
              delivered);
    }
  }

  static void write(List<Row> rows) {
    var text = new StringBuilder(INTRODUCTION);
    rows.forEach(row -> text.append(row).append('\n'));
    try {
      Files.writeString(DOCUMENT, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<String> lines() {
    try {
      return Files.readAllLines(DOCUMENT);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
