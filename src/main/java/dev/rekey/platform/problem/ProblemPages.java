package dev.rekey.platform.problem;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.HtmlUtils;

/**
 * Serves a page for each problem at the path that its {@code type} names, and a list of them. Needs
 * no token. The texts are those of {@code problems.md}.
 */
@RestController
class ProblemPages {

  private static final MediaType HTML = new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8);

  // The pages need nothing but their text.
  private static final String POLICY =
      "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final SingletonSupplier<Map<String, Text>> texts =
      SingletonSupplier.of(ProblemPages::read);

  /** What {@code problems.md} says of a problem, as HTML. */
  private record Text(String when, String whatToDo) {}

  @GetMapping("/problems")
  ResponseEntity<String> list() {
    return page(
        "Problems",
        "<p>The <code>type</code> of every error response is one of these.</p>\n<ul>\n"
            + Arrays.stream(ProblemType.values())
                .map(
                    type ->
                        "<li><a href=\"problems/%1$s\"><code>%1$s</code></a> (%2$d) %3$s</li>\n"
                            .formatted(type.slug(), type.status().value(), escaped(type.title())))
                .collect(Collectors.joining())
            + "</ul>\n");
  }

  @GetMapping("/problems/{name}")
  ResponseEntity<String> get(@PathVariable("name") String name) {
    return Arrays.stream(ProblemType.values())
        .filter(type -> type.slug().equals(name))
        .findFirst()
        .map(this::page)
        .orElseThrow(
            () ->
                ProblemType.NOT_FOUND.with(
                    "No problem has this name. GET /problems lists all of them."));
  }

  private ResponseEntity<String> page(ProblemType type) {
    Text text = texts.obtain().getOrDefault(type.slug(), new Text("", ""));
    return page(
        type.title(),
        """
        <p>Problem <code>%s</code>, with the status %d</p>
        <h2>When it happens</h2>
        <p>%s</p>
        <h2>What to do</h2>
        <p>%s</p>
        <p>The <code>detail</code> of the response says more. Quote its <code>requestId</code> to
        Rekey's operators.</p>
        <p><a href="../problems">All problems</a></p>
        """
            .formatted(type.uri(), type.status().value(), text.when(), text.whatToDo()));
  }

  private static ResponseEntity<String> page(String title, String body) {
    return ResponseEntity.ok()
        .contentType(HTML)
        .cacheControl(CacheControl.maxAge(Duration.ofHours(1)))
        .header("Content-Security-Policy", POLICY)
        .body(
            """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>%1$s - Rekey</title>
            </head>
            <body>
            <h1>%1$s</h1>
            %2$s</body>
            </html>
            """
                .formatted(escaped(title), body));
  }

  /** Reads the rows of the table: name, status, gRPC code, title, when, and what to do. */
  private static Map<String, Text> read() {
    try {
      String document =
          new ClassPathResource("problems.md").getContentAsString(StandardCharsets.UTF_8);
      var texts = new LinkedHashMap<String, Text>();
      document
          .lines()
          .filter(line -> line.startsWith("| `"))
          .map(line -> Arrays.stream(line.split("\\|", -1)).map(String::strip).toList())
          .forEach(
              cells ->
                  texts.put(
                      cells.get(1).replace("`", ""), new Text(html(cells, 5), html(cells, 6))));
      return texts;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // The documents that links lead to are not served.
  private static String html(List<String> cells, int index) {
    return escaped(cells.get(index))
        .replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1")
        .replaceAll("`([^`]*)`", "<code>$1</code>");
  }

  private static String escaped(String text) {
    return HtmlUtils.htmlEscape(text, StandardCharsets.UTF_8.name());
  }
}
