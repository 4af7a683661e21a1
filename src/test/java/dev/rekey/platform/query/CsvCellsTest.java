package dev.rekey.platform.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonValue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class CsvCellsTest {

  private enum Colour {
    RED;

    @JsonValue
    String text() {
      return "red";
    }
  }

  @Test
  void valuesHaveTheirTextOfJson() throws IOException {
    UUID id = UUID.fromString("019aa8a6-0d1e-7f2a-9b3c-4d5e6f708192");

    assertThat(
            row(
                "größe",
                null,
                7L,
                new BigDecimal("0.250"),
                true,
                id,
                Colour.RED,
                List.of("a", "b"),
                Map.of("a", 1)))
        .isEqualTo(
            "größe,,7,0.250,true," + id + ",red,\"[\"\"a\"\",\"\"b\"\"]\",\"{\"\"a\"\":1}\"\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"=1+1", "+1", "-1", "@x", "\tx"})
  void cellThatLooksLikeAFormulaIsText(String text) throws IOException {
    assertThat(row("x", text)).isEqualTo("x,'" + text + "\r\n");
  }

  @Test
  void separatorsQuotesAndLinesAreQuoted() throws IOException {
    assertThat(row("a,b", "a\"b", "a\r\nb")).isEqualTo("\"a,b\",\"a\"\"b\",\"a\r\nb\"\r\n");
  }

  private static String row(@Nullable Object... values) throws IOException {
    var out = new ByteArrayOutputStream();
    List<String> columns = Arrays.stream(values).map(_ -> "c").distinct().toList();
    var cells = new CsvCells(out, JsonMapper.shared(), columns);
    for (Object value : values) {
      cells.cell(value);
    }
    cells.endRow();
    cells.flush();
    return out.toString(StandardCharsets.UTF_8).replaceFirst("^c\r\n", "");
  }
}
