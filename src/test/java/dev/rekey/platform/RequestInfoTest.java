package dev.rekey.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;

class RequestInfoTest {

  private final MockHttpServletRequest request = new MockHttpServletRequest();

  @Test
  void wellFormedRequestIdIsKept() {
    request.addHeader("X-Request-Id", "mine-1");

    assertThat(RequestInfo.store(request, "trace"))
        .isEqualTo(new RequestInfo("mine-1", "trace", "127.0.0.1", null));
    assertThat(RequestInfo.find(request)).map(RequestInfo::requestId).contains("mine-1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "has space", "semi;colon", "new\nline", "é"})
  void otherRequestIdIsReplaced(String sent) {
    request.addHeader("X-Request-Id", sent);

    String id = RequestInfo.store(request, null).requestId();

    assertThat(UUID.fromString(id)).hasToString(id);
  }

  @Test
  void userAgentIsCleanedAndCut() {
    request.addHeader("User-Agent", "a\r\nb" + "c".repeat(300));

    assertThat(RequestInfo.store(request, null).userAgent()).startsWith("a  bcc").hasSize(200);
  }

  @Test
  void requestThatWasNotStoredHasNone() {
    assertThat(RequestInfo.find(request)).isEmpty();
  }
}
