package dev.rekey.documents;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads log files as Filebeat and Vector do: a file is its inode, whatever its name; only whole
 * lines count, each one a JSON object; and a file that became shorter than what was read of it is
 * read again from its beginning, which Filebeat does.
 */
final class LogShipper {

  private final Path directory;
  private final String glob;
  private final Map<Object, Position> positions = new HashMap<>();
  private final List<JsonNode> events = new ArrayList<>();
  private final List<String> broken = new ArrayList<>();

  LogShipper(Path directory, String glob) {
    this.directory = directory;
    this.glob = glob;
  }

  /**
   * @param taken the end of the last whole line
   * @param read the end of all that was read
   */
  private record Position(long taken, long read) {}

  /** The events so far, in the order of their arrival. */
  synchronized List<JsonNode> events() {
    return List.copyOf(events);
  }

  /** The lines so far that are no JSON object. */
  synchronized List<String> broken() {
    return List.copyOf(broken);
  }

  /** Reads all that is new. */
  synchronized void poll() throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, glob)) {
      for (Path file : files) {
        poll(file);
      }
    }
  }

  private void poll(Path file) throws IOException {
    try (SeekableByteChannel channel = Files.newByteChannel(file)) {
      // A rename between these two lines gives the bytes of one file to another, as in no shipper.
      Object inode = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
      Position before = positions.getOrDefault(inode, new Position(0, 0));
      long from = channel.size() < before.read() ? 0 : before.taken();
      var bytes = ByteBuffer.allocate((int) (channel.size() - from));
      channel.position(from);
      while (bytes.hasRemaining() && channel.read(bytes) > 0) {}
      byte[] read = Arrays.copyOf(bytes.array(), bytes.position());
      int whole = read.length;
      while (whole > 0 && read[whole - 1] != '\n') {
        whole--;
      }
      positions.put(inode, new Position(from + whole, from + read.length));
      new String(read, 0, whole, UTF_8).lines().forEach(this::take);
    } catch (NoSuchFileException e) {
      // It was renamed since the directory was listed.
    }
  }

  private void take(String line) {
    try {
      JsonNode event = JsonMapper.shared().readTree(line);
      if (event.isObject()) {
        events.add(event);
        return;
      }
    } catch (JacksonException e) {
      // Counted below.
    }
    broken.add(line);
  }
}
