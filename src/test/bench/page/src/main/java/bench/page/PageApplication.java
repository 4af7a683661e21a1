package bench.page;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.sql.DataSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;

/** Rekey's pages, made as simply as Spring allows. */
@SpringBootApplication
public class PageApplication {

  public static void main(String[] arguments) {
    SpringApplication.run(PageApplication.class, arguments);
  }

  @Bean
  Queries queries(@Value("${bench.sql}") Path directory) {
    return name -> {
      try {
        return Files.readString(directory.resolve(name + ".sql"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }

  @Bean
  ServletRegistrationBean<TextServlet> text(DataSource database, Queries queries) {
    return new ServletRegistrationBean<>(new TextServlet(database, queries), "/text/*");
  }

  /** Reads a query from a file that {@code pgbench} runs too. */
  interface Queries {
    String named(String name);
  }
}
