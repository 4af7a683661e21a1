package dev.rekey.start;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.RekeyIT;
import dev.rekey.platform.settings.PropertyException;
import dev.rekey.run.RekeyProcess;
import dev.rekey.run.Tokens;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts Rekey with the settings of docs/configuration.md, and with this test's addresses. */
class ExampleSettingsIT extends RekeyIT {

  @Test
  void documentedSettingsAreEnoughForTheFirstRotation(@TempDir Path directory) throws Exception {
    Map<String, String> properties = surroundings().properties();
    Map<String, String> variables =
        properties.entrySet().stream()
            .collect(
                Collectors.toMap(
                    entry -> PropertyException.variable(entry.getKey()), Map.Entry::getValue));
    // Lists can be one text.
    String audience = "SPRING_SECURITY_OAUTH2_RESOURCESERVER_JWT_AUDIENCES";
    variables.put(audience, Objects.requireNonNull(variables.get(audience + "_0")));
    var settings = new HashMap<String, String>();
    ExampleSettings.variables()
        .keySet()
        .forEach(name -> settings.put(name, Objects.requireNonNull(variables.get(name), name)));
    Path secrets = Files.createDirectory(directory.resolve("secrets"));
    for (String file : ExampleSettings.files()) {
      Files.writeString(
          secrets.resolve(file), Objects.requireNonNull(properties.get(file), file) + "\n");
    }
    settings.put("SPRING_CONFIG_IMPORT", "configtree:" + secrets + "/");
    // For this test's http addresses and passwords.
    settings.put("REKEY_SANDBOX", "true");
    settings.put("REKEY_REFRESH_ENABLED", "false");
    Path output = directory.resolve("rekey.log");

    try (var rekey = RekeyProcess.start(settings, output)) {
      var payments = rekey.http().bearer(Tokens.of(surroundings().sandbox(), "payments"));

      assertThat(payments.post(ROTATE, OKTA).status()).isEqualTo(200);
    }
    assertThat(Files.readString(output)).contains(" runs: PostgreSQL ", "grants 1;");
  }
}
