package dev.rekey.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A page of the documentation that a full run of a test writes: an introduction, then rows. */
record MatrixPage(Path file, String introduction) {

  /** Replaces the page. */
  void write(List<?> rows) {
    var text = new StringBuilder(introduction);
    rows.forEach(row -> text.append(row).append('\n'));
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<String> lines() {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
