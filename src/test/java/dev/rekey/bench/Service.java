package dev.rekey.bench;

import dev.rekey.RekeyApplication;
import dev.rekey.run.Http;
import dev.rekey.run.Http.Answer;
import dev.rekey.run.Surroundings;
import dev.rekey.run.Tokens;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;

/** A running Rekey, queried over HTTP by a client that sees everything. */
final class Service implements AutoCloseable {

  private final Surroundings surroundings;
  private final ConfigurableApplicationContext rekey;
  private final URI base;

  Service(Surroundings surroundings, Map<String, String> settings) {
    this.surroundings = surroundings;
    var application = new SpringApplication(RekeyApplication.class);
    var all = new HashMap<String, Object>(surroundings.properties());
    all.put("server.port", "0");
    all.put("management.server.port", "0");
    all.put("logging.level.root", "WARN");
    all.putAll(settings);
    application.addInitializers(
        context ->
            context
                .getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource("bench", all)));
    this.rekey = application.run();
    this.base =
        URI.create("http://localhost:" + rekey.getEnvironment().getProperty("local.server.port"));
  }

  URI base() {
    return base;
  }

  Http as(String client) {
    return Http.at(base).bearer(Tokens.of(surroundings.sandbox(), client));
  }

  Answer get(String path) {
    return ok(as("auditor").get(path));
  }

  static Answer ok(Answer answer) {
    if (answer.status() != 200) {
      throw new Refused(answer.status() + " " + answer.text("/type"));
    }
    return answer;
  }

  /** An unexpected response. */
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    Refused(String how) {
      super(how);
    }

    @Override
    public String getMessage() {
      return String.valueOf(super.getMessage());
    }
  }

  /** The page that begins after fifty thousand rows, or the last one. */
  String far(String path) {
    String next = path + "&limit=500";
    String cursor = "";
    for (int i = 0; i < 100; i++) {
      String found = get(next).text("/nextCursor");
      if (found.isEmpty()) {
        break;
      }
      cursor = "&cursor=" + found;
      next = path + "&limit=500" + cursor;
    }
    return path + cursor;
  }

  void superuser(String sql) {
    surroundings.postgres().execute(sql);
  }

  static double seconds(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1e9;
  }

  @Override
  public void close() {
    rekey.close();
    surroundings.close();
  }
}
