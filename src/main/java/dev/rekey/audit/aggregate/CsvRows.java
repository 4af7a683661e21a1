package dev.rekey.audit.aggregate;

import dev.rekey.audit.aggregate.Counts.Member;
import dev.rekey.audit.aggregate.Counts.Row;
import dev.rekey.platform.query.CsvCells;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Writes rows of counts as CSV. The columns depend only on the request. */
final class CsvRows {

  private record Column(String name, Function<Row, @Nullable Object> value) {}

  private CsvRows() {}

  static void write(Question question, Counts counts, OutputStream to, JsonMapper json)
      throws IOException {
    List<Column> columns = columns(question);
    var cells = new CsvCells(to, json, columns.stream().map(Column::name).toList());
    for (Row row : counts.rows() == null ? List.<Row>of() : counts.rows()) {
      for (Column column : columns) {
        cells.cell(column.value().apply(row));
      }
      cells.endRow();
    }
    cells.flush();
  }

  private static List<Column> columns(Question question) {
    var columns = new ArrayList<Column>();
    if (question.shape() == Shape.ROWS) {
      columns.add(new Column("time", Row::time));
    }
    for (Dimension dimension : question.groupBy()) {
      columns.add(new Column(dimension.name(), row -> value(row.of(dimension))));
    }
    columns.add(new Column("count", Row::count));
    if (question.hasDurations()) {
      columns.add(new Column("meanSeconds", row -> value(row.meanSeconds())));
      columns.add(new Column("p95Seconds", row -> value(row.p95Seconds())));
    }
    if (question.top() != null) {
      columns.add(new Column("rest", Row::rest));
    }
    return columns;
  }

  private static @Nullable Object value(@Nullable Member<?> member) {
    return member == null ? null : member.value();
  }
}
