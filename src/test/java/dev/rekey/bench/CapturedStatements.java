package dev.rekey.bench;

import dev.rekey.bench.LoggedStatements.Statement;
import dev.rekey.bench.LoggedStatements.Transaction;
import dev.rekey.bench.Pgbench.Script;
import dev.rekey.platform.Pause;
import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import dev.rekey.run.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/** Takes the statements of one rotation from PostgreSQL's log, and makes a script of them. */
final class CapturedStatements {

  private static final String SUBJECT = "organizations/acme/service-accounts/";
  private static final String CAPTURED = "captured";
  private static final int BEFORE = 20;

  /** More than a transaction of one rotation has; jobs change many credentials at once. */
  private static final int MAX_IDS = 10;

  private static final Duration LOGGED_WITHIN = Duration.ofSeconds(2);

  private final LadderStage stage;
  private String description = "";

  CapturedStatements(LadderStage stage) {
    this.stage = stage;
  }

  /** Rotates once, and returns a script that repeats its statements with new ids. */
  Script ofRotation(URI rekey) {
    Http http = Http.at(rekey).bearer(stage.callers().token());
    for (int i = 0; i < BEFORE; i++) {
      rotate(http, "before-" + i); // fills the driver's cache of statements, and Rekey's
    }
    var log = new LoggedStatements(stage.logs());
    stage.postgres().execute("alter system set log_statement = 'all'");
    stage.postgres().execute("select pg_reload_conf()");
    Pause.sleep(LOGGED_WITHIN);
    OffsetDateTime at = OffsetDateTime.now(ZoneOffset.UTC);
    Answer rotated = rotate(http, CAPTURED);
    Pause.sleep(LOGGED_WITHIN); // the time of the delivery is recorded after the response
    stage.postgres().execute("alter system reset log_statement");
    stage.postgres().execute("select pg_reload_conf()");
    String rotation = Objects.requireNonNull(rotated.header("Rekey-Rotation-Id"));
    List<Transaction> transactions = ofRotation(log.transactions(), rotation);
    var script = new StatementScript(at);
    transactions.forEach(script::add);
    description = describe(transactions);
    try {
      Path file = stage.temporary().resolve("captured.sql");
      return new Script(Files.writeString(file, script.text()), script.constants());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Answer rotate(Http http, String account) {
    // The name is an id, so that the script makes a new one for each run.
    String body = Json.json("name", UUID.randomUUID().toString());
    Answer answer = http.post("/" + SUBJECT + account + "/credentials", body);
    if (answer.status() != 201) {
      throw new IllegalStateException("a rotation failed: " + answer.status());
    }
    return answer;
  }

  /** The transactions with an id of the rotation, or with one of those that its own ones have. */
  private static List<Transaction> ofRotation(List<Transaction> all, String rotation) {
    List<Transaction> small = all.stream().filter(each -> each.ids().size() <= MAX_IDS).toList();
    Set<String> known = new HashSet<>(Set.of(rotation));
    int size;
    do {
      size = known.size();
      small.stream()
          .filter(transaction -> transaction.mentions(known))
          .forEach(transaction -> known.addAll(transaction.ids()));
    } while (known.size() > size);
    known.add(SUBJECT + CAPTURED);
    return small.stream().filter(transaction -> transaction.mentions(known)).toList();
  }

  private static String describe(List<Transaction> transactions) {
    int statements = transactions.stream().mapToInt(each -> each.statements().size()).sum();
    return "\nA rotation has %d statements in %d transactions, with BEGIN and COMMIT:%n%n```sql%n%s```%n"
        .formatted(
            statements,
            transactions.size(),
            transactions.stream()
                .flatMap(transaction -> transaction.statements().stream())
                .map(Statement::sql)
                .map(sql -> sql.strip().replaceAll("\\s+", " ") + "\n")
                .reduce("", String::concat));
  }

  /** The statements, for readers. */
  String description() {
    return description;
  }
}
