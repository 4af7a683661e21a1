package dev.rekey.platform;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressTest {

  @ParameterizedTest
  @CsvSource({
    "192.0.2.7, 192.0.2.7",
    "' 192.0.2.7 ', 192.0.2.7",
    "192.0.2.7:49152, 192.0.2.7",
    "2001:db8::1, 2001:db8::1",
    "[2001:db8::1], 2001:db8::1",
    "[2001:db8::1]:49152, 2001:db8::1",
    "[fe80::1%eth0]:80, fe80::1",
    "fe80::1%eth0, fe80::1",
    "0:0:0:0:0:0:0:1, 0:0:0:0:0:0:0:1",
    "::ffff:192.0.2.7, ::ffff:192.0.2.7"
  })
  void addressIsBare(String sent, String address) {
    assertThat(IpAddress.bare(sent)).contains(address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "unknown",
        "_hidden",
        "localhost",
        "example.com",
        "192.0.2",
        "1",
        "192.0.2.300",
        "192.0.2.7:",
        "192.0.2.7:x",
        "[192.0.2.7",
        "2001:db8::1]:80",
        "[]",
        "[:]",
        ":",
        ":80",
        "1:2:3",
        "2001:db8::1::2",
        "0.0.0.0",
        "::",
        "<script>",
        "192.0.2.7 or 1=1"
      })
  void otherTextIsNoAddress(String sent) {
    assertThat(IpAddress.bare(sent)).isEmpty();
  }

  @Test
  void nothingIsNoAddress() {
    assertThat(IpAddress.bare(null)).isEmpty();
  }
}
