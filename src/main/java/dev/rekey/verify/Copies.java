package dev.rekey.verify;

import dev.rekey.audit.chain.Checkpoint;
import dev.rekey.audit.chain.VerifyingKeys;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Checkpoints that were kept elsewhere: in a log, whose other lines are passed over, or in answers
 * of {@code GET /api/v1/audit-checkpoints}, each on a line. What cannot be read is an error only
 * where it has to be one.
 */
final class Copies {

  private static final String LOGGER = "dev.rekey.audit.checkpoint";
  private static final String CHECKPOINT = "{\"id\":";
  private static final String ANSWER = "{\"items\":";

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(
              DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
              DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
              DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .build();

  private final VerifyingKeys keys;
  private final List<Voucher> found = new ArrayList<>();

  private Copies(VerifyingKeys keys) {
    this.keys = keys;
  }

  /** By seq. Throws {@link IOException} if there is none, or one that cannot be read. */
  static List<Voucher> read(List<Path> files, VerifyingKeys keys) throws IOException {
    var copies = new Copies(keys);
    for (Path file : files) {
      copies.read(file);
    }
    if (copies.found.isEmpty() && !files.isEmpty()) {
      throw new IOException("there is no checkpoint in " + files);
    }
    copies.found.sort(Comparator.comparingLong(Voucher::seq));
    return copies.found;
  }

  private void read(Path file) throws IOException {
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      int number = 1;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        add(line, "in " + file + ", line " + number++);
      }
    }
  }

  private void add(String line, String where) throws IOException {
    int start = line.startsWith("{") ? 0 : line.indexOf(CHECKPOINT);
    if (start < 0 || !line.contains("keyId")) {
      return;
    }
    try {
      add(JSON.readTree(line.substring(start)), where);
    } catch (JacksonException | IllegalArgumentException e) {
      if (line.contains(LOGGER) || line.startsWith(ANSWER)) {
        throw new IOException("no checkpoint can be read " + where, e);
      }
    }
  }

  private void add(JsonNode node, String where) {
    if (node.has("items")) {
      node.path("items").forEach(item -> add(item, where));
    } else if (node.path("message").isString()) {
      // A line of a log that is JSON itself.
      add(JSON.readTree(node.path("message").asString()), where);
    } else {
      Voucher.of(JSON.treeToValue(node, Checkpoint.class), where, keys).addTo(found);
    }
  }
}
