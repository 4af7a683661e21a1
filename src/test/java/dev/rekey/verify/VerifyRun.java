package dev.rekey.verify;

import dev.rekey.run.PostgresServer;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.regex.Pattern;

/** A run of the command in this JVM with the service's role. */
record VerifyRun(int exit, String out, String err) {

  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "SPRING_DATASOURCE_USERNAME", PostgresServer.SERVICE,
          "SPRING_DATASOURCE_PASSWORD", PostgresServer.PASSWORD);

  static VerifyRun run(String... arguments) {
    return run(InputStream.nullInputStream(), arguments);
  }

  static VerifyRun run(InputStream in, String... arguments) {
    var out = new StringWriter();
    var err = new StringWriter();
    int exit =
        VerifyCommand.commandLine(ENVIRONMENT, in)
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(arguments);
    return new VerifyRun(exit, out.toString(), err.toString());
  }

  /** The value of a row of the report; empty if there is none. */
  String row(String name) {
    var row = Pattern.compile("(?m)^  " + name + " +(.*)$").matcher(out);
    return row.find() ? row.group(1) : "";
  }
}
