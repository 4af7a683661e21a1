package dev.rekey.start;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** The version of this build, which Maven writes into the jar. Needs no Spring. */
public final class Release {

  private static final String FILE = "/META-INF/build-info.properties";

  private Release() {}

  /** The version; {@code unknown} if the classes were not built by Maven. */
  public static String version() {
    var build = new Properties();
    try (InputStream file = Release.class.getResourceAsStream(FILE)) {
      if (file != null) {
        build.load(file);
      }
    } catch (IOException _) {
      // As if there were no file.
    }
    return build.getProperty("build.version", "unknown");
  }
}
