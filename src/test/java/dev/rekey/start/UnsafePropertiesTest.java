package dev.rekey.start;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.platform.settings.ConfigTreeReloader;
import dev.rekey.run.SecretMount;
import jakarta.validation.Validation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A reload refuses what a start refuses. */
@ExtendWith(OutputCaptureExtension.class)
class UnsafePropertiesTest {

  private static final String PASSWORD = "spring.datasource.password";
  private static final String KEY = "rekey.audit.signing-key";

  @TempDir private Path directory;

  @Test
  void wellKnownPasswordIsRefused(CapturedOutput log) {
    assertThat(accepted(PASSWORD, "postgres", "rekey_service", "tiger-of-the-night", "false"))
        .containsExactly("tiger-of-the-night");
    assertThat(log)
        .containsOnlyOnce("SPRING_DATASOURCE_PASSWORD (spring.datasource.password) is a well-known")
        .doesNotContain("tiger-of");
  }

  @Test
  void developmentKeyIsRefused(CapturedOutput log) {
    assertThat(
            accepted(KEY, RefusedStarts.DEVELOPMENT_KEY, "no key", RefusedStarts.GOOD_KEY, "false"))
        .containsExactly(RefusedStarts.GOOD_KEY);
    assertThat(log)
        .containsOnlyOnce("REKEY_AUDIT_SIGNING_KEY (rekey.audit.signing-key) is the public")
        .containsOnlyOnce("REKEY_AUDIT_SIGNING_KEY (rekey.audit.signing-key) has to be an Ed25519")
        .doesNotContain("BEGIN PRIVATE KEY");
  }

  @Test
  void sandboxAcceptsThem() {
    assertThat(accepted(PASSWORD, "postgres", "rekey_service", "changeme", "true"))
        .containsExactly("postgres", "rekey_service", "changeme");
  }

  /** The accepted ones of three values that are put into a file one after the other. */
  private List<String> accepted(
      String setting, String first, String second, String third, String sandbox) {
    var mount = new SecretMount(directory);
    mount.put(Map.of(setting, "the-value-at-the-start"));
    var files =
        new ConfigTreeReloader(
            mount.environment(
                Map.of("rekey.sandbox", sandbox, "spring.datasource.username", "rekey_service")),
            Validation.buildDefaultValidatorFactory().getValidator(),
            List.of(new UnsafeProperties()));
    var accepted = new ArrayList<String>();
    files.subscribe(setting, accepted::add);
    for (String next : List.of(first, second, third)) {
      mount.put(Map.of(setting, next));
      files.pollNow();
    }
    return accepted;
  }
}
