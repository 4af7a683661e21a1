package dev.rekey.verify;

import dev.rekey.platform.crypto.Sha256;
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

/**
 * An export behind its first line, cut into parts of whole lines that can be read side by side. The
 * trailer is kept back; without it the export was cut short.
 */
final class ExportParts implements Iterator<Callable<Batch>> {

  private static final int PART = 1 << 20;
  private static final int LONGEST_LINE = 64 << 20;

  private final InputStream in;
  private final MessageDigest sha256 = Sha256.digest();
  private byte[] rest = {};
  private boolean atEnd;
  private long line = 1;
  private @Nullable Trailer trailer;

  ExportParts(InputStream in) {
    this.in = in;
  }

  /** The first line, to be taken before all else. */
  byte[] header() throws IOException {
    while (newlineBefore(rest.length) < 0 && !atEnd) {
      readOn();
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
      while (whole() == 0 && !atEnd) {
        readOn();
      }
      return whole() > 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Callable<Batch> next() {
    long number = line;
    byte[] part = take(whole());
    return () -> new ExportLines().read(part, number);
  }

  /** How far the lines go that are known not to be the trailer. */
  private int whole() {
    int last = newlineBefore(rest.length);
    if (!atEnd) {
      return newlineBefore(last) + 1;
    }
    int lastLine = (last == rest.length - 1 ? newlineBefore(last) : last) + 1;
    trailer = ExportLines.trailer(Arrays.copyOfRange(rest, lastLine, rest.length));
    return trailer == null ? last + 1 : lastLine;
  }

  /** Less than 0 if there is none. */
  private int newlineBefore(int end) {
    int at = end - 1;
    while (at >= 0 && rest[at] != '\n') {
      at--;
    }
    return Math.max(at, -1);
  }

  private void readOn() throws IOException {
    if (rest.length > LONGEST_LINE) {
      throw new IOException("line %d is too long for one of an export".formatted(line));
    }
    byte[] more = in.readNBytes(PART);
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

  /** Null if there is none; to be asked once there is no next part. */
  @Nullable Trailer trailer() {
    return trailer;
  }

  /** Of all before the trailer, in hexadecimal; to be asked once. */
  String hash() {
    return HexFormat.of().formatHex(sha256.digest());
  }
}
