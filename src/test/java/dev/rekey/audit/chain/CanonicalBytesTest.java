package dev.rekey.audit.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HexFormat;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** The encoding that docs/audit-chain.md specifies. */
class CanonicalBytesTest {

  private final CanonicalBytes bytes = new CanonicalBytes();

  @Test
  void fieldsAreEncodedWithTheirLengths() {
    assertHex(bytes.text("Zü"), "00000003" + "5ac3bc");
    assertHex(bytes.clear().text(""), "00000000");
    assertHex(bytes.clear().text(null), "ffffffff");
    assertHex(bytes.clear().int16(1), "00000002" + "0001");
    assertHex(bytes.clear().int64(-2), "00000008" + "fffffffffffffffe");
    assertHex(bytes.clear().flag(true).flag(false), "0000000101" + "0000000100");
    assertHex(
        bytes.clear().uuid(UUID.fromString("019aa8a6-0d1e-7f2a-9b3c-4d5e6f708192")),
        "00000010" + "019aa8a60d1e7f2a9b3c4d5e6f708192");
    assertHex(bytes.clear().uuid(null), "ffffffff");
  }

  @Test
  void timesAreMicrosecondsSince2000() {
    assertHex(
        bytes.time(Instant.parse("2000-01-01T00:00:01.000002999Z")), "0000000800000000000f4242");
    assertThat(CanonicalBytes.micros(Instant.parse("1999-12-31T23:59:59.9999995Z"))).isEqualTo(-1);
    assertThat(CanonicalBytes.instant(-1)).isEqualTo("1999-12-31T23:59:59.999999Z");
  }

  @Test
  void changesAreOneField() {
    var changes =
        JsonMapper.shared()
            .readTree("[{\"to\": \"b\", \"from\": null, \"field\": \"n\"}, {\"field\": \"m\"}]");

    assertHex(
        bytes.changes(changes),
        "0000001b"
            + ("000000016e" + "ffffffff" + "0000000162")
            + ("000000016d" + "ffffffff" + "ffffffff"));
    assertHex(bytes.clear().changes(JsonMapper.shared().readTree("[]")), "00000000");
  }

  @Test
  void longFieldsGrowTheBuffer() {
    byte[] value = new byte[5_000];

    assertThat(bytes.bytes(value).bytes(value).toByteArray()).hasSize(2 * 5_004);
    assertThat(bytes.view().remaining()).isEqualTo(2 * 5_004);
  }

  private static void assertHex(CanonicalBytes actual, String expected) {
    assertThat(HexFormat.of().formatHex(actual.toByteArray())).isEqualTo(expected);
  }
}
