package dev.rekey;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** The text of {@code --help}. It is printed without a log, for people and scripts. */
final class Usage {

  static final String HELP =
      """
      Usage: java -jar rekey.jar [command]

        (no command)   runs the service
        migrate        migrates the database's schema as its owner, and exits with 0 or 1
        verify-audit   verifies the history; verify-audit --help shows its options
        --version, -V  prints the version
        --help, -h     prints this text

      Settings are environment variables, or files in /run/secrets/rekey named like the property.
      A start without settings lists all that are required. docs/configuration.md describes them.\
      """;

  private Usage() {}

  /** Prints the text and a line break to standard output. */
  static void print(String text) {
    var out =
        new PrintWriter(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    out.println(text);
  }
}
