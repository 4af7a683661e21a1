package dev.rekey.platform.problem;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.run.Http.Answer;
import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The pages that the types of problems name. */
class ProblemPagesIT extends RekeyIT {

  private static final Pattern LINK = Pattern.compile("href=\"([^\"]+)\"");

  @ParameterizedTest
  @EnumSource
  void everyTypeHasAPageWithoutAToken(ProblemType type) {
    Answer page = anonymous().get(type.uri().toString());

    assertThat(page.status()).isEqualTo(200);
    assertThat(page.header("Content-Type")).isEqualTo("text/html;charset=UTF-8");
    assertThat(page.header("Content-Security-Policy"))
        .isEqualTo(
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    assertThat(page.raw().body())
        .contains("<h1>", type.uri().toString(), Integer.toString(type.status().value()))
        .containsPattern("(?s)<h2>When it happens</h2>\\s<p>.{20,}")
        .containsPattern("(?s)<h2>What to do</h2>\\s<p>[^|]{5,}")
        // Neither Markdown nor scripts.
        .doesNotContain("](", "<script", " `")
        .hasSizeLessThan(4_000);
  }

  @Test
  void everyLinkLeadsToAPage() {
    Answer list = anonymous().get("/problems");

    assertThat(list.status()).isEqualTo(200);
    Matcher link = LINK.matcher(list.raw().body());
    int links = 0;
    while (link.find()) {
      String path = URI.create("/problems").resolve(link.group(1)).getPath();
      Answer page = anonymous().get(path);
      assertThat(page.status()).as(path).isEqualTo(200);
      Matcher back = LINK.matcher(page.raw().body());
      assertThat(back.find()).isTrue();
      assertThat(URI.create(path).resolve(back.group(1)).getPath()).isEqualTo("/problems");
      links++;
    }
    assertThat(links).isEqualTo(ProblemType.values().length);
  }

  @Test
  void theTypeOfAProblemLeadsToItsPage() {
    Answer problem = anonymous().get("/api/v1/credentials");

    assertThat(anonymous().get(problem.text("/type")).raw().body())
        .contains("A valid access token is required");
  }

  @Test
  void anUnknownNameIsNotFound() {
    Answer answer = anonymous().get("/problems/none");

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.text("/type")).isEqualTo("/problems/not-found");
  }

  @Test
  void anyAcceptGetsThePage() {
    for (String accept : new String[] {"application/json", "text/html,*/*;q=0.8", "image/png"}) {
      assertThat(anonymous().with("Accept", accept).get("/problems/no-grant").status())
          .as(accept)
          .isEqualTo(200);
    }
    assertThat(anonymous().send("HEAD", "/problems/no-grant", null).status()).isEqualTo(200);
    assertThat(anonymous().send("POST", "/problems/no-grant", "{}").status()).isEqualTo(401);
  }
}
