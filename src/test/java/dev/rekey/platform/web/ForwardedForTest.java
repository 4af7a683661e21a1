package dev.rekey.platform.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.platform.RequestInfo;
import dev.rekey.run.Http;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.apache.catalina.valves.RemoteIpValve;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The caller's address behind proxies. The peer, 127.0.0.1, is one that is trusted. */
class ForwardedForTest {

  private static TomcatRun tomcat;

  private static final class Address extends HttpServlet {

    private static final long serialVersionUID = 1;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      response.getOutputStream().print(RequestInfo.store(request, null).ip() + "");
    }
  }

  @BeforeAll
  static void start() throws Exception {
    var hops = new RemoteIpValve();
    hops.setInternalProxies("10.0.0.0/8, 127.0.0.0/8, fc00::/7, ::1/128");
    tomcat =
        new TomcatRun(
            100,
            Duration.ofSeconds(10),
            new Address(),
            new ForwardedFor(hops.getRemoteIpHeader()),
            hops);
  }

  @AfterAll
  static void stop() throws Exception {
    tomcat.close();
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.7, 192.0.2.7",
    "192.0.2.7:49152, 192.0.2.7",
    "'[2001:db8::1]:49152', 2001:db8::1",
    "2001:db8::1, 2001:db8::1",
    "'192.0.2.7, 10.0.0.1', 192.0.2.7",
    "'192.0.2.7:1, 10.0.0.1:2, 10.0.0.2:3', 192.0.2.7",
    "'192.0.2.7, [fd00::1]:443', 192.0.2.7",
    "'198.51.100.1, 192.0.2.7, 10.0.0.1', 192.0.2.7",
    "'10.0.0.9, 192.0.2.7', 192.0.2.7",
    "'10.0.0.9, 10.0.0.1', 10.0.0.9",
    "unknown, null",
    "'192.0.2.7, unknown', null",
    "'192.0.2.7, unknown, 10.0.0.1', null",
    "_hidden, null",
    "rekey.example.com, null",
    "<script>, null",
    "0.0.0.0, null",
    "'192.0.2.7,', null"
  })
  void addressIsCountedFromTheTrustedProxies(String sent, String address) {
    assertThat(Http.at(tomcat.url()).with("X-Forwarded-For", sent).get("/").raw().body())
        .isEqualTo(address);
  }

  @ParameterizedTest
  @CsvSource({"198.51.100.1, 192.0.2.7", "192.0.2.7, 10.0.0.1"})
  void severalHeadersAreOneList(String first, String second) {
    assertThat(
            Http.at(tomcat.url())
                .with("X-Forwarded-For", first)
                .with("X-Forwarded-For", second)
                .get("/")
                .raw()
                .body())
        .isEqualTo("192.0.2.7");
  }
}
