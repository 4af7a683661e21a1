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
 * Reads copies of checkpoints from logs or from responses of the API, one per line. Ignores other
 * lines. A malformed line is an error only if it must be a checkpoint.
 */
final class CheckpointFiles {

  private static final String LOGGER = "dev.rekey.audit.checkpoint";
  private static final String CHECKPOINT = "{\"id\":";
  private static final String RESPONSE = "{\"items\":";

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(
              DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
              DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
              DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .build();

  private final VerifyingKeys keys;
  private final List<CheckedCheckpoint> found = new ArrayList<>();

  private CheckpointFiles(VerifyingKeys keys) {
    this.keys = keys;
  }

  /** The checkpoints by seq; throws {@link IOException} if there is none, or one is malformed. */
  static List<CheckedCheckpoint> read(List<Path> files, VerifyingKeys keys) throws IOException {
    var reader = new CheckpointFiles(keys);
    for (Path file : files) {
      try (BufferedReader lines = Files.newBufferedReader(file)) {
        int number = 1;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          reader.add(line, "in " + file + ", line " + number++);
        }
      }
    }
    if (reader.found.isEmpty() && !files.isEmpty()) {
      throw new IOException("there is no checkpoint in " + files);
    }
    reader.found.sort(Comparator.comparingLong(CheckedCheckpoint::seq));
    return reader.found;
  }

  private void add(String line, String source) throws IOException {
    int start = line.startsWith("{") ? 0 : line.indexOf(CHECKPOINT);
    if (start < 0 || !line.contains("keyId")) {
      return;
    }
    try {
      add(JSON.readTree(line.substring(start)), source);
    } catch (JacksonException | IllegalArgumentException e) {
      if (line.contains(LOGGER) || line.startsWith(RESPONSE)) {
        throw new IOException("a checkpoint is malformed " + source, e);
      }
    }
  }

  private void add(JsonNode node, String source) {
    if (node.has("items")) {
      node.path("items").forEach(item -> add(item, source));
    } else if (node.path("message").isString()) {
      // A log line in JSON.
      add(JSON.readTree(node.path("message").asString()), source);
    } else {
      CheckedCheckpoint.of(JSON.treeToValue(node, Checkpoint.class), source, keys).addTo(found);
    }
  }
}
