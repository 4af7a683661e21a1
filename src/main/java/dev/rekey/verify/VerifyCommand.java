package dev.rekey.verify;

import dev.rekey.audit.chain.VerifyingKeys;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The command that verifies the history; {@code docs/audit-chain.md} describes it. */
@Command(
    name = VerifyCommand.NAME,
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Verifies that no event of the history was changed after sealing, or names the first one.",
      "Changes nothing. docs/audit-chain.md explains the outcomes."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:verified", "1:not verified", "2:wrong usage, or unreadable input"},
    footerHeading = "%nEnvironment:%n",
    footer = {
      "  SPRING_DATASOURCE_USERNAME, SPRING_DATASOURCE_PASSWORD (or PGUSER, PGPASSWORD)",
      "  The database role; the service's is sufficient."
    })
public final class VerifyCommand implements Callable<Integer> {

  /** The first argument that selects this command. */
  public static final String NAME = "verify-audit";

  private static final int VERIFIED = 0;
  private static final int REFUTED = 1;
  private static final int UNREADABLE = 2;

  private final Map<String, String> environment;
  private final InputStream in;

  @Spec private @Nullable CommandSpec spec;

  @ArgGroup(multiplicity = "1")
  private @Nullable Input input;

  @Option(
      names = "--public-key",
      required = true,
      paramLabel = "FILE",
      description =
          "PEM of the keys that may have signed checkpoints, including past ones. Repeatable.")
  private List<Path> publicKeys = List.of();

  @Option(
      names = "--checkpoints",
      paramLabel = "FILE",
      description =
          "Copies of checkpoints to compare with the chain: a log, or responses of"
              + " GET /api/v1/audit-checkpoints, one per line. Repeatable.")
  private List<Path> checkpoints = List.of();

  @Option(
      names = "--resume",
      description =
          "Start after the newest of these copies instead of at seq 1. Trusts its signature.")
  private boolean resume;

  /** The input; exactly one is required. */
  static final class Input {

    @Option(
        names = "--database",
        paramLabel = "URL",
        description = "The database, such as jdbc:postgresql://host:5432/rekey.")
    private @Nullable String database;

    @Option(
        names = "--export",
        paramLabel = "FILE",
        description = "An NDJSON export without a filter; - reads standard input.")
    private @Nullable Path export;
  }

  VerifyCommand(Map<String, String> environment, InputStream in) {
    this.environment = environment;
    this.in = in;
  }

  /** Runs the command with the arguments after its name; returns its exit code. */
  public static int run(String... arguments) {
    return commandLine(System.getenv(), System.in).execute(arguments);
  }

  static CommandLine commandLine(Map<String, String> environment, InputStream in) {
    return new CommandLine(new VerifyCommand(environment, in))
        .setExecutionExceptionHandler(VerifyCommand::failed);
  }

  private static int failed(Exception failure, CommandLine command, ParseResult arguments) {
    PrintWriter err = command.getErr();
    String kind = failure.getClass().getSimpleName();
    err.println("Nothing was verified. " + kind + ": " + failure.getMessage());
    if (!(failure instanceof IOException || failure instanceof SQLException)) {
      failure.printStackTrace(err);
    }
    err.flush();
    return UNREADABLE;
  }

  @Override
  public Integer call() throws SQLException, IOException {
    VerifyingKeys keys = keys();
    List<CheckedCheckpoint> copies = CheckpointFiles.read(checkpoints, keys);
    try (Evidence evidence = evidence(keys);
        var progress = new Progress(command().getErr())) {
      CheckedCheckpoint start = resume ? newest(copies) : null;
      VerifiedChain chain =
          start == null
              ? evidence.begin(copies)
              : new VerifiedChain(start.seq(), start.checkpoint().headBytes(), copies, start);
      progress.start(chain, evidence.expectedLast());
      Finding finding = verify(evidence, chain, copies, start);
      String report =
          finding == null
              ? Report.verified(chain, evidence.notes(chain))
              : Report.refuted(chain, finding);
      command().getOut().println(report);
      command().getOut().flush();
      return finding == null ? VERIFIED : REFUTED;
    }
  }

  /** The first fault; null if there is none. */
  private static @Nullable Finding verify(
      Evidence evidence,
      VerifiedChain chain,
      List<CheckedCheckpoint> copies,
      @Nullable CheckedCheckpoint start)
      throws SQLException, IOException {
    for (CheckedCheckpoint copy : copies) {
      if (!copy.isValid()) {
        return CheckpointCoverage.badSignature(copy);
      }
    }
    Finding finding = start == null ? null : evidence.beginAfter(start);
    return finding == null ? chain.verify(evidence) : finding;
  }

  private VerifyingKeys keys() throws IOException {
    var pem = new StringBuilder();
    for (Path file : publicKeys) {
      pem.append(Files.readString(file)).append('\n');
    }
    try {
      return VerifyingKeys.ofPem(pem.toString());
    } catch (IllegalArgumentException e) {
      throw new IOException("in " + publicKeys + ": " + e.getMessage(), e);
    }
  }

  private CheckedCheckpoint newest(List<CheckedCheckpoint> copies) {
    if (copies.isEmpty()) {
      throw new ParameterException(command(), "--resume needs --checkpoints");
    }
    return copies.getLast();
  }

  private Evidence evidence(VerifyingKeys keys) throws SQLException, IOException {
    Input chosen = Objects.requireNonNull(input);
    if (chosen.database != null) {
      if (chosen.database.toLowerCase(Locale.ROOT).contains("password=")) {
        throw new ParameterException(
            command(), "The password must be in the environment, not in the arguments.");
      }
      return new DatabaseEvidence(chosen.database, environment, keys);
    }
    Path file = Objects.requireNonNull(chosen.export);
    return new ExportEvidence(file.toString().equals("-") ? in : Files.newInputStream(file), keys);
  }

  private CommandLine command() {
    return Objects.requireNonNull(spec).commandLine();
  }
}
