package dev.rekey;

import dev.rekey.audit.verify.VerifyCommand;
import java.util.Arrays;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/**
 * Starts Rekey; everything it needs to know comes from the environment. Or runs, without Rekey, the
 * command that verifies its history.
 */
@SpringBootApplication
@ConfigurationPropertiesScan
public class RekeyApplication {

  public static void main(String[] args) {
    if (args.length > 0 && args[0].equals(VerifyCommand.NAME)) {
      System.exit(VerifyCommand.run(Arrays.copyOfRange(args, 1, args.length)));
    }
    SpringApplication.run(RekeyApplication.class, args);
  }
}
