package dev.rekey.bench;

import static java.util.stream.Collectors.joining;

import dev.rekey.bench.LoggedStatements.Statement;
import dev.rekey.bench.LoggedStatements.Transaction;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Statements as a script of {@code pgbench} that runs them again, with the parameters that they had
 * except ids, times and the subject: each run has new ones. One more statement makes them.
 */
final class StatementScript {

  // UUIDs, other ids in hexadecimal digits, and the service account.
  private static final Pattern VARYING =
      Pattern.compile(
          "\\p{XDigit}{8}(?:-\\p{XDigit}{4}){3}-\\p{XDigit}{12}|\\b\\p{XDigit}{64}\\b"
              + "|\\b\\p{XDigit}{32}\\b|service-accounts/captured");
  private static final Pattern TIME =
      Pattern.compile(
          "\\d{4}-\\d\\d-\\d\\d[ T]\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?[+-]\\d\\d(:?\\d\\d)?");
  private static final DateTimeFormatter FORM =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .appendLiteral(' ')
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .appendOffset("+HH:mm", "+00")
          .toFormatter();
  private static final Pattern PARAMETER = Pattern.compile("\\$(\\d+)");

  private final OffsetDateTime captured;
  private final StringBuilder statements = new StringBuilder();
  private final Map<String, String> constants = new LinkedHashMap<>();
  private final Map<String, String> variables = new LinkedHashMap<>();
  private final Map<String, String> columns = new LinkedHashMap<>();
  private final Map<String, Source> sources = new LinkedHashMap<>();

  /** For statements that were captured at this time. */
  StatementScript(OffsetDateTime captured) {
    this.captured = captured;
  }

  private record Source(String name, String expression) {

    @Override
    public String toString() {
      return expression + " as " + name;
    }
  }

  void add(Transaction transaction) {
    transaction.statements().forEach(this::add);
  }

  private void add(Statement statement) {
    String sql =
        PARAMETER
            .matcher(statement.sql())
            .replaceAll(
                found -> {
                  String value = statement.parameters().get(Integer.valueOf(found.group(1)));
                  return value == null ? "null" : ":" + variable(value);
                });
    statements.append(sql.strip()).append(";\n");
  }

  private String variable(String value) {
    String known = variables.get(value);
    if (known != null) {
      return known;
    }
    String name = "v" + variables.size();
    variables.put(value, name);
    if (TIME.matcher(value).matches()) {
      columns.put(name, time(value));
    } else if (VARYING.matcher(value).find()) {
      columns.put(name, varying(value));
    } else {
      constants.put(name, value);
    }
    return name;
  }

  // As long before or after the statement as when it was captured.
  private String time(String value) {
    OffsetDateTime time = OffsetDateTime.parse(value.replace('T', ' '), FORM);
    long micros = Duration.between(captured, time).toNanos() / 1_000;
    return "clock_timestamp() + interval '" + micros + " microseconds'";
  }

  private String varying(String value) {
    List<String> parts = new ArrayList<>();
    Matcher each = VARYING.matcher(value);
    int end = 0;
    while (each.find()) {
      parts.add(literal(value.substring(end, each.start())));
      parts.add("t." + source(each.group()));
      end = each.end();
    }
    parts.add(literal(value.substring(end)));
    parts.removeIf("''"::equals);
    return String.join(" || ", parts);
  }

  /** The column of the inner query that has a new value of this kind for each run. */
  private String source(String value) {
    return sources
        .computeIfAbsent(value, _ -> new Source("s" + sources.size(), made(value)))
        .name();
  }

  private static String made(String value) {
    if (value.startsWith("service-accounts/")) {
      return "'service-accounts/sa-' || (random() * 499)::int";
    }
    return switch (value.length()) {
      case 64 -> "encode(sha256(uuid_send(gen_random_uuid())), 'hex')";
      case 32 -> "replace(gen_random_uuid()::text, '-', '')";
      default -> "uuidv7()::text"; // in the order of time, like Rekey's
    };
  }

  private static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  /** The script. */
  String text() {
    var made = new ArrayList<String>();
    columns.forEach((name, expression) -> made.add(expression + " as " + name));
    return "select %s from (select %s offset 0) t \\gset%n%s"
        .formatted(
            String.join(",\n  ", made),
            sources.values().stream().map(Source::toString).collect(joining(",\n  ")),
            statements);
  }

  /** The parameters that stay the same. */
  Map<String, String> constants() {
    return constants;
  }
}
