package dev.rekey.platform.web;

import java.nio.charset.StandardCharsets;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The response at the root if {@link ApiDocument} is not served. */
@RestController
@ConditionalOnBooleanProperty(name = "rekey.api-docs.enabled", havingValue = false)
class RootPage {

  private static final String PAGE =
      """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width">
      <title>Rekey</title>
      </head>
      <body>
      <h1>Rekey</h1>
      <p>Rekey rotates and manages credentials. Its API is for programs, and needs an access token.</p>
      <p>The description of the API is not served here. Ask Rekey's operators for it.</p>
      <p><a href="problems">Problems</a> explains error responses.</p>
      </body>
      </html>
      """;

  @GetMapping("/")
  ResponseEntity<String> get() {
    return ResponseEntity.ok()
        .contentType(new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8))
        .header(
            "Content-Security-Policy",
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
        .body(PAGE);
  }
}
