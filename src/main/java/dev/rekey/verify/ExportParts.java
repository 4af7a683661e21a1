package dev.rekey.verify;

import dev.rekey.platform.crypto.Sha256;
import dev.rekey.verify.Evidence.Batch;
import dev.rekey.verify.ExportLines.Trailer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Splits an export after its header into parts of whole lines. Keeps the trailer. */
final class ExportParts implements Iterator<Callable<Batch>> {

  private static final int PART_BYTES = 1 << 20;
  private static final int MAX_LINE_BYTES = 64 << 20;

  private final InputStream in;
  private final MessageDigest sha256 = Sha256.digest();
  private byte[] rest = {};
  private boolean atEnd;
  private long line = 1;
  private @Nullable Trailer trailer;

  ExportParts(InputStream in) {
    this.in = in;
  }

  /** The first line; must be called first. */
  byte[] header() throws IOException {
    while (newlineBefore(rest.length) < 0 && !atEnd) {
      readMore();
    }
    int end = 0;
    while (end < rest.length && rest[end] != '\n') {
      end++;
    }
    return take(Math.min(end + 1, rest.length));
  }

  @Override
  public boolean hasNext() {
    try {
      while (endOfLines() == 0 && !atEnd) {
        readMore();
      }
      return endOfLines() > 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Callable<Batch> next() {
    long number = line;
    byte[] part = take(endOfLines());
    return () -> new ExportLines().read(part, number);
  }

  /** The end of the whole lines that are not the trailer. */
  private int endOfLines() {
    int last = newlineBefore(rest.length);
    if (!atEnd) {
      return newlineBefore(last) + 1;
    }
    int lastLine = (last == rest.length - 1 ? newlineBefore(last) : last) + 1;
    trailer = ExportLines.trailer(Arrays.copyOfRange(rest, lastLine, rest.length));
    return trailer == null ? last + 1 : lastLine;
  }

  /** The position of the last newline before {@code end}; -1 without one. */
  private int newlineBefore(int end) {
    int at = end - 1;
    while (at >= 0 && rest[at] != '\n') {
      at--;
    }
    return Math.max(at, -1);
  }

  private void readMore() throws IOException {
    if (rest.length > MAX_LINE_BYTES) {
      throw new IOException("line %d is too long".formatted(line));
    }
    byte[] more = in.readNBytes(PART_BYTES);
    atEnd = more.length == 0;
    int before = rest.length;
    rest = Arrays.copyOf(rest, before + more.length);
    System.arraycopy(more, 0, rest, before, more.length);
  }

  private byte[] take(int length) {
    byte[] part = Arrays.copyOf(rest, length);
    rest = Arrays.copyOfRange(rest, length, rest.length);
    sha256.update(part);
    for (byte one : part) {
      line += one == '\n' ? 1 : 0;
    }
    return part;
  }

  /** The trailer; null if there is none. Valid after the last part. */
  @Nullable Trailer trailer() {
    return trailer;
  }

  /** The SHA-256 of all bytes before the trailer, in hexadecimal. Must be called once only. */
  String hash() {
    return HexFormat.of().formatHex(sha256.digest());
  }
}
