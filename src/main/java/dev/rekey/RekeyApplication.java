package dev.rekey;

import dev.rekey.audit.verify.VerifyCommand;
import dev.rekey.start.Preflight;
import java.util.Arrays;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/**
 * Starts Rekey; everything it needs to know comes from the environment. Or runs, without Rekey, the
 * command that verifies its history or the one that migrates its schema.
 */
@SpringBootApplication
@ConfigurationPropertiesScan
public class RekeyApplication {

  public static void main(String[] args) {
    switch (args.length == 0 ? "" : args[0]) {
      case VerifyCommand.NAME -> System.exit(VerifyCommand.run(following(args)));
      case MigrateCommand.NAME -> System.exit(MigrateCommand.run(following(args)));
      default -> application().run(args);
    }
  }

  /** Rekey itself, which does not start with settings that it cannot work with. */
  public static SpringApplication application() {
    var rekey = new SpringApplication(RekeyApplication.class);
    rekey.addListeners(new Preflight());
    return rekey;
  }

  private static String[] following(String... args) {
    return Arrays.copyOfRange(args, 1, args.length);
  }
}
