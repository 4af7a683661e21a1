package dev.rekey.verify;

import dev.rekey.audit.chain.CanonicalBytes;
import dev.rekey.audit.chain.Chain;
import dev.rekey.audit.chain.Checkpoint;
import dev.rekey.verify.Evidence.Batch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/** Parses the lines of an export (docs/audit-chain.md) strictly. Not thread-safe. */
final class ExportLines {

  private static final JsonMapper STRICT =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .enable(
              DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
              DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
              DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
              DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final ObjectReader EVENTS = STRICT.readerFor(Event.class);
  private static final ObjectReader DROPPED = STRICT.readerFor(Dropped.class);
  private static final ObjectReader HEADERS =
      STRICT.readerFor(Header.class).without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
  private static final ObjectReader TRAILERS = STRICT.readerFor(Trailer.class);
  private static final byte[] KIND = "{\"kind\":".getBytes(StandardCharsets.US_ASCII);

  private static final byte[] NONE = {};
  private static final Source NO_SOURCE = new Source(null, null);

  private final Chain chain = new Chain();
  private final CanonicalBytes canonical = new CanonicalBytes();

  record Header(
      String kind,
      String format,
      boolean verifiable,
      long afterSeq,
      @Nullable String previousHash,
      long throughSeq,
      Instant exportedAt,
      @Nullable Checkpoint checkpoint) {

    Header {
      if (!"header".equals(kind) || !"rekey-audit-export-1".equals(format)) {
        throw new IllegalArgumentException("not a header");
      }
      Objects.requireNonNull(exportedAt);
    }
  }

  record Trailer(
      String kind, long count, @Nullable Long firstSeq, @Nullable Long lastSeq, String sha256) {

    Trailer {
      if (!"trailer".equals(kind)) {
        throw new IllegalArgumentException("not a trailer");
      }
    }
  }

  record Event(
      UUID id,
      long seq,
      @Nullable String type,
      Instant occurredAt,
      @Nullable String outcome,
      @Nullable String reason,
      Actor actor,
      @Nullable String upstream,
      @Nullable String subject,
      @Nullable String upstreamId,
      @Nullable UUID credentialId,
      @Nullable UUID rotationId,
      @Nullable String requestId,
      @Nullable String traceId,
      @Nullable Source source,
      List<Change> changes,
      boolean backfilled,
      int schemaVersion,
      String chainHash) {

    Event {
      Stream.of(id, occurredAt, actor, changes, chainHash).forEach(Objects::requireNonNull);
      if (!occurredAt.equals(occurredAt.truncatedTo(ChronoUnit.MICROS))
          || schemaVersion != (short) schemaVersion) {
        throw new IllegalArgumentException("too precise");
      }
    }
  }

  record Actor(
      @Nullable String id,
      @Nullable String clientId,
      @Nullable String team,
      @Nullable String kind) {}

  record Source(@Nullable String ip, @Nullable String userAgent) {}

  record Change(@Nullable String field, @Nullable String from, @Nullable String to) {}

  /** A line for an event of a dropped month. */
  record Dropped(String kind, long seq, String rowHash, String chainHash) {

    Dropped {
      Objects.requireNonNull(rowHash);
      Objects.requireNonNull(chainHash);
    }
  }

  static Header header(byte[] line) throws IOException {
    Header header = read(Header.class, HEADERS, line);
    if (header == null) {
      throw new IOException("the first line is not the header of an export");
    }
    return header;
  }

  /** The trailer; null if the line is not one. */
  static @Nullable Trailer trailer(byte[] line) {
    return read(Trailer.class, TRAILERS, line);
  }

  private static <T> @Nullable T read(Class<T> type, ObjectReader reader, byte[] line) {
    try {
      return type.cast(reader.<Object>readValue(line));
    } catch (JacksonException e) {
      return null;
    }
  }

  /** Parses lines between header and trailer, numbered from {@code number}. */
  Batch read(byte[] lines, long number) {
    var links = new ArrayList<Link>();
    var drops = new ArrayList<PartitionDrop>();
    int start = 0;
    for (int end = 0; end < lines.length; end++) {
      if (lines[end] == '\n') {
        links.add(link(lines, start, end - start, number++, drops));
        start = end + 1;
      }
    }
    return new Batch(links, List.of(), drops);
  }

  private Link link(byte[] lines, int start, int length, long number, List<PartitionDrop> drops) {
    try {
      Object line =
          (hasKind(lines, start, length) ? DROPPED : EVENTS).readValue(lines, start, length);
      return switch (line) {
        case Dropped dropped ->
            Link.undated(dropped.seq(), hash(dropped.rowHash()), hash(dropped.chainHash()));
        case Event event -> link(event, drops);
        case null, default -> unparsable(number);
      };
    } catch (JacksonException | IllegalArgumentException e) {
      return unparsable(number);
    }
  }

  private static Link unparsable(long number) {
    Link link = Link.undated(0, NONE, NONE);
    link.flaw = "in line %d cannot be parsed".formatted(number);
    return link;
  }

  private static boolean hasKind(byte[] lines, int start, int length) {
    return length > KIND.length
        && Arrays.equals(lines, start, start + KIND.length, KIND, 0, KIND.length);
  }

  private Link link(Event event, List<PartitionDrop> drops) {
    byte[] hash = chain.row(canonical(event).view());
    var link =
        new Link(
            event.seq(),
            event.id(),
            CanonicalBytes.micros(event.occurredAt()),
            hash,
            hash(event.chainHash()));
    link.eventHash = hash;
    if (PartitionDrop.TYPE.equals(event.type())) {
      PartitionDrop.of(link, STRICT.valueToTree(event.changes())).ifPresent(drops::add);
    }
    return link;
  }

  private CanonicalBytes canonical(Event event) {
    Source source = event.source() == null ? NO_SOURCE : event.source();
    canonical
        .clear()
        .int16(event.schemaVersion())
        .uuid(event.id())
        .text(event.type())
        .time(event.occurredAt())
        .text(event.outcome())
        .text(event.reason())
        .text(event.actor().id())
        .text(event.actor().clientId())
        .text(event.actor().team())
        .text(event.actor().kind())
        .text(event.upstream())
        .text(event.subject())
        .text(event.upstreamId())
        .uuid(event.credentialId())
        .uuid(event.rotationId())
        .text(event.requestId())
        .text(event.traceId())
        .text(source.ip())
        .text(source.userAgent())
        .flag(event.backfilled());
    return event.changes().isEmpty()
        ? canonical.bytes(NONE)
        : canonical.changes(STRICT.valueToTree(event.changes()));
  }

  private static byte[] hash(String hexadecimal) {
    return HexFormat.of().parseHex(hexadecimal);
  }
}
