package dev.rekey;

import dev.rekey.start.LogFormat;
import dev.rekey.start.Preflight;
import dev.rekey.start.Release;
import dev.rekey.verify.VerifyCommand;
import io.github.wimdeblauwe.htmx.spring.boot.mvc.HtmxMvcAutoConfiguration;
import io.github.wimdeblauwe.htmx.spring.boot.thymeleaf.HtmxThymeleafAutoConfiguration;
import java.util.Arrays;
import java.util.List;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/**
 * Starts Rekey, or runs the command that verifies its history or the one that migrates its schema.
 * The environment has all settings.
 */
// The console uses htmx in its templates only, not in the mapping of requests.
@SpringBootApplication(
    exclude = {HtmxMvcAutoConfiguration.class, HtmxThymeleafAutoConfiguration.class})
@ConfigurationPropertiesScan
public class RekeyApplication {

  private static final int UNKNOWN_COMMAND = 2;

  public static void main(String[] args) {
    String command = args.length == 0 || isSetting(args[0]) ? "" : args[0];
    switch (command) {
      case "--help", "-h" -> Usage.print(Usage.HELP);
      case "--version", "-V" -> Usage.print("Rekey " + Release.version());
      case "" -> application().run(args);
      case VerifyCommand.NAME -> System.exit(VerifyCommand.run(argumentsAfter(args)));
      case MigrateCommand.NAME -> System.exit(MigrateCommand.run(argumentsAfter(args)));
      default -> {
        var log = LoggerFactory.getLogger(RekeyApplication.class);
        String known = MigrateCommand.NAME + ", " + VerifyCommand.NAME;
        log.error(
            "There is no command {}. Use {}, or none, which runs the service; --help explains them",
            command,
            known);
        System.exit(UNKNOWN_COMMAND);
      }
    }
  }

  /** The service, which does not start with invalid settings. */
  public static SpringApplication application() {
    var rekey = new SpringApplication(RekeyApplication.class);
    rekey.addListeners(new LogFormat(), new Preflight());
    return rekey;
  }

  private static boolean isSetting(String argument) {
    return argument.startsWith("--") && !List.of("--help", "--version").contains(argument);
  }

  private static String[] argumentsAfter(String... args) {
    return Arrays.copyOfRange(args, 1, args.length);
  }
}
