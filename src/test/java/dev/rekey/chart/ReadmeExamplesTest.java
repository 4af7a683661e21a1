package dev.rekey.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The values that the README shows are accepted. */
class ReadmeExamplesTest {

  private static final Pattern EXAMPLE = Pattern.compile("(?s)```yaml\n(.*?)```");

  @Test
  void everyExampleIsRendered(@TempDir Path scratch) throws IOException {
    String readme = Files.readString(Chart.DIRECTORY.resolve("README.md"));
    List<String> examples =
        EXAMPLE.matcher(readme).results().map(example -> example.group(1)).toList();

    assertThat(examples).hasSizeGreaterThanOrEqualTo(3);
    for (String example : examples) {
      Path values = Files.writeString(scratch.resolve("values.yaml"), example);
      assertThatCode(() -> Chart.render(Chart.MINIMAL, values))
          .as(example)
          .doesNotThrowAnyException();
    }
  }
}
