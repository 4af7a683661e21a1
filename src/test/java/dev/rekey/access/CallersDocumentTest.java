package dev.rekey.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.util.JSONObjectUtils;
import dev.rekey.access.issuer.Issuer;
import dev.rekey.access.issuer.Issuers;
import dev.rekey.access.issuer.TestIssuer;
import dev.rekey.access.issuer.TestIssuer.SigningKey;
import dev.rekey.upstream.http.TestClients;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerProperties;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.security.oauth2.jwt.Jwt;

/**
 * The settings in docs/callers.md accept the token next to them, and read from it what the page
 * says. The tokens have the shapes of the vendors' public documentation.
 */
class CallersDocumentTest {

  private static final Pattern SECTION = Pattern.compile("(?ms)^## ([^\\n]+)\\n(.*?)(?=^## |\\z)");
  private static final TestIssuer KEYS = TestIssuer.start();
  private static final SigningKey KEY = KEYS.publish("key", JWSAlgorithm.RS256);

  /** A section with a token. */
  record Example(String title, String settings, String token, String result) {

    @Override
    public String toString() {
      return title;
    }
  }

  @AfterAll
  static void stop() {
    KEYS.close();
  }

  static Stream<Example> examples() {
    try {
      return SECTION
          .matcher(Files.readString(Path.of("docs/callers.md")))
          .results()
          .filter(section -> section.group(2).contains("```json"))
          .map(CallersDocumentTest::example)
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Example example(MatchResult section) {
    String text = section.group(2);
    return new Example(
        section.group(1),
        group(text, "(?s)```env\\n(.*?)```"),
        group(text, "(?s)```json\\n(.*?)```"),
        group(text, "(?s)Rekey reads: (.*?)\\.\\n"));
  }

  private static String group(String text, String regex) {
    var found = Pattern.compile(regex).matcher(text);
    assertThat(found.find()).as(regex).isTrue();
    return found.group(1);
  }

  @Test
  void everyVendorHasAnExample() {
    assertThat(examples().map(Example::title))
        .containsExactly(
            "Keycloak",
            "Entra ID",
            "Okta",
            "Auth0",
            "A Kubernetes cluster",
            "GitHub Actions",
            "GitLab CI");
  }

  @ParameterizedTest
  @MethodSource("examples")
  void tokenIsReadAsThePageSays(Example example) throws ParseException {
    Map<String, Object> claims = JSONObjectUtils.parse(example.token());
    Instant issued = issued(claims);
    Issuers issuers = issuers(environment(example.settings()), issued);

    Jwt token = issuers.decode(KEY.sign(claims));

    Issuer issuer = issuers.of(token);
    assertThat(issuer.principal(token)).isEqualTo(names(example, "caller").getFirst());
    assertThat(Stream.ofNullable(issuer.clientId(token)))
        .containsExactlyElementsOf(names(example, "client"));
    assertThat(issuer.teams(token)).containsExactlyElementsOf(names(example, "teams"));
    assertThat(issuer.scopes(token)).containsExactlyInAnyOrderElementsOf(names(example, "scopes"));
  }

  @ParameterizedTest
  @MethodSource("examples")
  void grantOfThePageCoversTheTeamOfTheToken(Example example) throws ParseException {
    var environment = environment(example.settings());
    Map<String, Object> claims = JSONObjectUtils.parse(example.token());
    Instant issued = issued(claims);
    Issuers issuers = issuers(environment, issued);
    Jwt token = issuers.decode(KEY.sign(claims));

    assertThat(access(environment).grants())
        .extracting(AccessProperties.Grant::qualifiedTeam)
        .hasSize(1)
        .isSubsetOf(issuers.of(token).teams(token));
  }

  private static Instant issued(Map<String, Object> claims) {
    return Instant.ofEpochSecond(((Number) Objects.requireNonNull(claims.get("iat"))).longValue());
  }

  /** What the page says of one part: the names in back-quotes after it. */
  private static List<String> names(Example example, String part) {
    String rest = group(example.result().replaceAll("\\s+", " ") + ",", part + " (.*?),");
    return Pattern.compile("`([^`]+)`").matcher(rest).results().map(one -> one.group(1)).toList();
  }

  private static StandardEnvironment environment(String settings) {
    Map<String, Object> variables = new HashMap<>();
    Arrays.stream(settings.split("\\n", -1))
        .filter(line -> !line.isEmpty())
        .map(line -> line.split("=", 2))
        .forEach(pair -> variables.put(pair[0], pair[1]));
    variables.put("REKEY_ACCESS_ISSUERS_0_JWK_SET_URI", KEYS.keys());
    var environment = new StandardEnvironment();
    environment.getPropertySources().remove("systemEnvironment");
    environment.getPropertySources().remove("systemProperties");
    environment
        .getPropertySources()
        .addFirst(new SystemEnvironmentPropertySource("systemEnvironment", variables));
    environment.getPropertySources().addLast(new MapPropertySource("none", Map.of()));
    return environment;
  }

  private static AccessProperties access(StandardEnvironment environment) {
    return Binder.get(environment).bind("rekey.access", AccessProperties.class).get();
  }

  private static Issuers issuers(StandardEnvironment environment, Instant now) {
    return new TrustedIssuers()
        .issuers(
            new OAuth2ResourceServerProperties(),
            access(environment),
            environment,
            TestClients.direct(),
            new SimpleMeterRegistry(),
            Clock.fixed(now, ZoneOffset.UTC));
  }
}
