package dev.rekey.credential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.run.Http.Answer;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;

/** Parses responses that are CSV. */
final class Csv {

  private Csv() {}

  static List<CSVRecord> rows(Answer answer) {
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).isEqualTo("text/csv;charset=UTF-8");
    try {
      return CSVFormat.RFC4180
          .builder()
          .setHeader()
          .setSkipHeaderRecord(true)
          .get()
          .parse(new StringReader(answer.raw().body()))
          .getRecords();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<String> column(Answer answer, String name) {
    return rows(answer).stream().map(row -> row.get(name)).toList();
  }
}
