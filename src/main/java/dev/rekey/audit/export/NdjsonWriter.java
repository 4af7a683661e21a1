package dev.rekey.audit.export;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.rekey.audit.chain.Checkpoint;
import dev.rekey.platform.crypto.Sha256;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Writes NDJSON as in docs/audit-chain.md: a header, the rows and a trailer. */
final class NdjsonWriter implements Exports.Writer {

  private static final int BUFFER = 64 * 1024;

  private final DigestOutputStream digest;
  private final OutputStream out;
  private final JsonMapper json;
  private long count;
  private @Nullable Long firstSeq;
  private @Nullable Long lastSeq;

  /**
   * The first line; verifiable if the export is a part of the chain. Otherwise it has neither the
   * hash of the chain up to {@code afterSeq} nor the newest checkpoint.
   */
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record Header(
      String kind,
      String format,
      boolean verifiable,
      long afterSeq,
      @Nullable String previousHash,
      long throughSeq,
      Instant exportedAt,
      Map<String, String> filter,
      @Nullable Checkpoint checkpoint) {}

  @JsonInclude(JsonInclude.Include.ALWAYS)
  private record Trailer(
      String kind, long count, @Nullable Long firstSeq, @Nullable Long lastSeq, String sha256) {}

  /** Writes the header. */
  NdjsonWriter(OutputStream to, JsonMapper json, Header header) throws IOException {
    this.digest = new DigestOutputStream(to, Sha256.digest());
    this.out = new BufferedOutputStream(digest, BUFFER);
    this.json = json;
    line(header);
  }

  @Override
  public void row(ExportRow row) throws IOException {
    line(row);
    count++;
    firstSeq = firstSeq == null ? row.seq() : firstSeq;
    lastSeq = row.seq();
  }

  @Override
  public void end() throws IOException {
    out.flush();
    String hash = HexFormat.of().formatHex(digest.getMessageDigest().digest());
    line(new Trailer("trailer", count, firstSeq, lastSeq, hash));
    out.flush();
  }

  private void line(Object value) throws IOException {
    out.write(json.writeValueAsBytes(value));
    out.write('\n');
  }
}
