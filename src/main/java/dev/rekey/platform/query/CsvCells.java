package dev.rekey.platform.query;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes CSV as in RFC 4180, in UTF-8. A value has the text that it has in JSON, and a list or an
 * object is JSON. A cell that a spreadsheet would take for a formula gets a leading {@code '}.
 */
public final class CsvCells {

  /** The content type of CSV. */
  public static final String MEDIA_TYPE = "text/csv;charset=UTF-8";

  private static final int BUFFER = 64 * 1024;
  private static final String FORMULA_STARTS = "=+-@\t\r";

  private final CSVPrinter printer;
  private final JsonMapper json;

  /** Writes the header row. */
  public CsvCells(OutputStream to, JsonMapper json, List<String> columns) throws IOException {
    Writer out = new BufferedWriter(new OutputStreamWriter(to, StandardCharsets.UTF_8), BUFFER);
    String[] header = columns.toArray(String[]::new);
    this.printer = new CSVPrinter(out, CSVFormat.RFC4180.builder().setHeader(header).get());
    this.json = json;
  }

  /** Writes the next cell of a row; null as an empty cell. */
  public void cell(@Nullable Object value) throws IOException {
    String text = text(value);
    boolean isFormula = !text.isEmpty() && FORMULA_STARTS.indexOf(text.charAt(0)) >= 0;
    printer.print(isFormula ? "'" + text : text);
  }

  public void endRow() throws IOException {
    printer.println();
  }

  /** Writes everything that is buffered. */
  public void flush() throws IOException {
    printer.flush();
  }

  private String text(@Nullable Object value) {
    return switch (value) {
      case null -> "";
      case String text -> text;
      case Number _, Boolean _, UUID _ -> value.toString();
      default -> {
        JsonNode tree = json.valueToTree(value);
        yield tree.isContainer()
            ? json.writeValueAsString(value)
            : tree.isNull() ? "" : tree.asString();
      }
    };
  }
}
