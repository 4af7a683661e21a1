package dev.rekey.chaos;

import java.nio.file.Path;
import java.util.List;

/** The page {@code docs/crash-matrix.md}, which a full run of {@link CrashMatrixIT} writes. */
final class CrashMatrix {

  static final MatrixPage PAGE =
      new MatrixPage(
          Path.of("docs/crash-matrix.md"),
          """
      # Crash matrix

      The state of a rotation after Rekey is killed (SIGKILL) in the middle of it and restarted.
      `mvn verify -Pchaos -Dit.test=CrashMatrixIT` kills it at every point below and writes this page. The
      normal build does so at some points and fails if this page is out of date.

      At every point the test compares the sandbox's records with Rekey's:

      - every minted credential belongs to a recorded attempt, and no attempt minted two;
      - every valid credential that Rekey minted at Keycard belongs to a `SUCCEEDED` rotation;
      - nothing stays `PENDING`, and every rotation has its two events;
      - a new rotation of the same target succeeds, with a secret that works.

      ConductorOne is replacing, the default, except where the table says additive.

      *Valid*: which of the subject's credentials authenticate afterwards. `old` is the one from before,
      `new` the one that the rotation made. *Delivered*: whether Rekey knows that the caller received the
      secret; – if there is none.

      | upstream | killed when | rotation · attempt | events | valid | delivered |
      | --- | --- | --- | --- | --- | --- |
      """);

  private CrashMatrix() {}

  /** The state after a kill at one point. */
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
}
