package dev.rekey;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Starts Rekey; everything it needs to know comes from the environment. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class RekeyApplication {

  public static void main(String[] args) {
    SpringApplication.run(RekeyApplication.class, args);
  }
}
