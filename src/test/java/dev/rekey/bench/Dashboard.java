package dev.rekey.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** One open page of numbers, a chart and two lists, which it polls in turn. Not thread-safe. */
final class Dashboard {

  static final Duration EVERY = Duration.ofSeconds(2);

  private final HttpClient client;
  private final URI server;
  private final String token;
  private final Form form;
  private final List<String> paths;
  private final Map<String, String> tags = new HashMap<>();
  private final List<Long> nanos = new ArrayList<>();
  private int notModified;
  private long bytes;

  Dashboard(HttpClient client, URI server, String token, Form form) {
    this.client = client;
    this.server = server;
    this.token = token;
    this.form = form;
    Instant soon = Instant.now().truncatedTo(ChronoUnit.DAYS).plus(Duration.ofDays(30));
    this.paths =
        List.of(
            "/api/v1/summary",
            "/api/v1/audit-events/aggregate?groupBy=outcome",
            "/api/v1/audit-events?limit=50",
            "/api/v1/credentials?status=ACTIVE,RETIRING&sort=expiresAt&expiresBefore=" + soon);
  }

  /** Whether it revalidates what it has, and asks for compression. */
  record Form(boolean tags, boolean gzip) {}

  /**
   * The requests of a dashboard.
   *
   * @param bytes of bodies and headers received
   * @param nanos the time of each
   */
  record Polls(int notModified, long bytes, List<Long> nanos) {

    static Polls sum(List<Polls> all) {
      return new Polls(
          all.stream().mapToInt(Polls::notModified).sum(),
          all.stream().mapToLong(Polls::bytes).sum(),
          all.stream().flatMap(polls -> polls.nanos().stream()).sorted().toList());
    }

    double millis(double part) {
      return nanos.get((int) Math.min(nanos.size() - 1L, Math.round(nanos.size() * part))) / 1e6;
    }
  }

  Polls polls() {
    return new Polls(notModified, bytes, nanos);
  }

  /** Polls all paths, again and again, from an offset on. */
  Void pollUntil(Instant until, Duration offset) throws IOException, InterruptedException {
    Thread.sleep(offset);
    for (Instant next = Instant.now(); next.isBefore(until); next = next.plus(EVERY)) {
      Thread.sleep(
          Duration.between(Instant.now(), next).isNegative()
              ? Duration.ZERO
              : Duration.between(Instant.now(), next));
      for (String path : paths) {
        poll(path);
      }
    }
    return null;
  }

  private void poll(String path) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(server.resolve(path)).header("Authorization", "Bearer " + token);
    if (form.gzip()) {
      request.header("Accept-Encoding", "gzip");
    }
    if (form.tags() && tags.containsKey(path)) {
      request.header("If-None-Match", tags.get(path));
    }
    long start = System.nanoTime();
    HttpResponse<byte[]> response = client.send(request.build(), BodyHandlers.ofByteArray());
    nanos.add(System.nanoTime() - start);
    if (response.statusCode() != 200 && response.statusCode() != 304) {
      throw new Service.Refused(response.statusCode() + " " + path);
    }
    response.headers().firstValue("ETag").ifPresent(tag -> tags.put(path, tag));
    notModified += response.statusCode() == 304 ? 1 : 0;
    bytes += response.body().length + headerBytes(response);
  }

  private static long headerBytes(HttpResponse<?> response) {
    return response.headers().map().entrySet().stream()
        .mapToLong(
            header ->
                header.getValue().stream()
                    .mapToLong(value -> header.getKey().length() + value.length() + 4L)
                    .sum())
        .sum();
  }

  /** Creates a credential, as something that dashboards see. */
  static void create(HttpClient client, URI server, String token)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(server.resolve(RotationLadders.PATH.formatted(1)))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", UUID.randomUUID().toString())
            .POST(BodyPublishers.ofString("{\"name\":\"polled-" + UUID.randomUUID() + "\"}"))
            .build();
    HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
    if (response.statusCode() != 201) {
      throw new Service.Refused(response.statusCode() + " for a creation");
    }
  }
}
