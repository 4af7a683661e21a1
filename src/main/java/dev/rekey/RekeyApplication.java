package dev.rekey;

import dev.rekey.audit.verify.VerifyCommand;
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
      default -> SpringApplication.run(RekeyApplication.class, args);
    }
  }

  private static String[] following(String... args) {
    return Arrays.copyOfRange(args, 1, args.length);
  }
}
