package dev.rekey.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The statements that PostgreSQL writes to its JSON log from now on. */
final class LoggedStatements {

  private static final Pattern MESSAGE =
      Pattern.compile("(?:execute [^:]*|statement): (.*)", Pattern.DOTALL);
  private static final Pattern PARAMETER =
      Pattern.compile("\\$(\\d+) = (?:(NULL)|'((?:[^']++|'')*+)')");
  private static final Pattern UUID =
      Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");

  private final Path directory;
  private final Map<Path, Integer> read;

  LoggedStatements(Path directory) {
    this.directory = directory;
    this.read =
        files().stream().collect(Collectors.toMap(file -> file, file -> lines(file).size()));
  }

  /**
   * A statement.
   *
   * @param parameters by number; null for NULL
   */
  record Statement(String sql, Map<Integer, @Nullable String> parameters) {}

  /** The statements of a transaction, with its first and last one. */
  record Transaction(List<Statement> statements) {

    private Stream<String> values() {
      return statements.stream()
          .map(Statement::parameters)
          .map(Map::values)
          .flatMap(Collection::stream)
          .filter(value -> value != null);
    }

    /** Whether a parameter is one of these; not if a parameter lists several, as jobs do. */
    boolean mentions(Set<String> known) {
      return values().anyMatch(known::contains);
    }

    Set<String> ids() {
      return values().filter(value -> UUID.matcher(value).matches()).collect(Collectors.toSet());
    }
  }

  /** Returns the messages that PostgreSQL has logged since this object was made. */
  List<String> messages() {
    return entries().stream().map(entry -> entry.path("message").asString("")).toList();
  }

  private List<JsonNode> entries() {
    var entries = new ArrayList<JsonNode>();
    for (Path file : files()) {
      List<String> lines = lines(file);
      lines.subList(read.getOrDefault(file, 0), lines.size()).stream()
          .map(JsonMapper.shared()::readTree)
          .forEach(entries::add);
    }
    return entries;
  }

  /** The transactions since this object was made, in the order of their beginnings. */
  List<Transaction> transactions() {
    var transactions = new ArrayList<Transaction>();
    Map<String, Transaction> open = new HashMap<>();
    for (JsonNode entry : entries()) {
      Matcher message = MESSAGE.matcher(entry.path("message").asString(""));
      if (message.matches()) {
        var statement =
            new Statement(message.group(1), parameters(entry.path("detail").asString("")));
        add(transactions, open, entry.path("session_id").asString(""), statement);
      }
    }
    return transactions;
  }

  private static void add(
      List<Transaction> all, Map<String, Transaction> open, String session, Statement statement) {
    Transaction current = open.get(session);
    if (current == null) {
      current = new Transaction(new ArrayList<>());
      all.add(current);
      if (statement.sql().startsWith("BEGIN")) {
        open.put(session, current);
      }
    }
    current.statements().add(statement);
    if (statement.sql().equals("COMMIT") || statement.sql().equals("ROLLBACK")) {
      open.remove(session);
    }
  }

  private static Map<Integer, @Nullable String> parameters(String detail) {
    var parameters = new LinkedHashMap<Integer, @Nullable String>();
    Matcher each = PARAMETER.matcher(detail);
    while (each.find()) {
      String value = each.group(3);
      parameters.put(
          Integer.valueOf(each.group(1)), value == null ? null : value.replace("''", "'"));
    }
    return parameters;
  }

  private List<Path> files() {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
