package dev.rekey.facade;

import static dev.rekey.run.Control.delayMs;
import static dev.rekey.run.Json.json;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.RekeyIT;
import dev.rekey.run.Http.Answer;
import dev.rekey.run.Tokens;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Value;

/** A secret counts as delivered only if its response was written to an open connection. */
class DeliveredAtIT extends RekeyIT {

  private static final String BY_PATH = "/api/v1/apps/crm/connectors/okta/credentials";
  private static final String REPLACE = CHECKOUT + "/{id}/rotate";
  private static final String REISSUE = "/api/v1/rotations/{id}/reissue";

  @Value("${local.server.port}")
  private int port;

  /** How a client goes away while its request is in progress. */
  enum Disconnect {
    CLOSE,
    CLOSE_ONE_SIDE,
    RESET
  }

  @ParameterizedTest
  @EnumSource
  @SuppressWarnings("try") // the client closes its socket early
  void secretForADisconnectedClientIsNotDelivered(Disconnect how) throws Exception {
    for (boolean chunked : List.of(false, true)) {
      ageMints();
      control().fault("conductorone", "rotate", "delay", delayMs(1000));
      try (var socket = new Socket("localhost", port)) {
        send(socket, ROTATE, OKTA, chunked, "keep-alive");
        await().until(() -> !control().calls().isEmpty());
        switch (how) {
          case CLOSE -> socket.close();
          case CLOSE_ONE_SIDE -> socket.shutdownOutput();
          case RESET -> {
            socket.setSoLinger(true, 0);
            socket.close();
          }
        }
        await().until(() -> "SUCCEEDED".equals(rotation().get("state")));
        if (how == Disconnect.CLOSE_ONE_SIDE) {
          assertThat(response(socket)).startsWith("HTTP/1.1 200");
        }
      }
      awaitFollowUps();

      await("chunked " + chunked)
          .during(Duration.ofMillis(300))
          .until(() -> rotation().get("delivered_at") == null);
      control().reset();
    }
  }

  @ParameterizedTest
  @CsvSource({"false, keep-alive", "true, keep-alive", "false, close", "true, close"})
  void secretForAConnectedClientIsDelivered(boolean chunked, String connection) throws Exception {
    try (var socket = new Socket("localhost", port)) {
      send(socket, ROTATE, OKTA, chunked, connection);
      assertThat(response(socket)).startsWith("HTTP/1.1 200");
    }

    await().until(() -> rotation().get("delivered_at") != null);
  }

  /** It has read everything, and so knows the secret. */
  @Test
  void clientThatClosesAtTheLastByteHasTheSecret() throws Exception {
    for (int i = 0; i < 20; i++) {
      try (var socket = new Socket("localhost", port)) {
        send(socket, ROTATE, OKTA, false, "keep-alive");
        response(socket);
        socket.setSoLinger(true, 0);
      }
    }

    await()
        .untilAsserted(
            () ->
                assertThat(
                        numberOf(
                            "select count(*) from rotation where request_id = ?"
                                + " and delivered_at is not null",
                            requestId))
                    .isEqualTo(20));
  }

  @ParameterizedTest
  @ValueSource(strings = {ROTATE, BY_PATH, CHECKOUT, REPLACE, REISSUE})
  void everyMintIsRecorded(String route) {
    String path = prepared(route);

    Answer minted = keyed("payments").post(path, body(route));

    assertThat(minted.status()).as(minted.raw().body()).isLessThan(300);
    await().until(() -> rotation(minted.header("Rekey-Rotation-Id")).get("delivered_at") != null);
  }

  @ParameterizedTest
  @ValueSource(strings = {ROTATE, BY_PATH, CHECKOUT, REPLACE, REISSUE})
  void everyMintForADisconnectedClientIsNotDelivered(String route) throws Exception {
    String path = prepared(route);
    String operation = route.equals(ROTATE) || route.equals(BY_PATH) ? "rotate" : "create";
    String upstream = operation.equals("rotate") ? "conductorone" : "keycard";
    long before = control().calls(operation);
    control().fault(upstream, operation, "delay", delayMs(1000));
    try (var socket = new Socket("localhost", port)) {
      send(socket, path, body(route), false, "keep-alive");
      await().until(() -> control().calls(operation) == before + 1);
    }

    await().until(() -> "SUCCEEDED".equals(rotation().get("state")));
    awaitFollowUps();
    await().during(Duration.ofMillis(300)).until(() -> rotation().get("delivered_at") == null);
  }

  /** The path of a mint, with the credential or the rotation that it needs. */
  private String prepared(String route) {
    if (!route.contains("{id}")) {
      return route;
    }
    Answer made = as("payments").post(CHECKOUT, body(CHECKOUT));
    String id = route.equals(REPLACE) ? made.text("/id") : made.header("Rekey-Rotation-Id");
    return route.replace("{id}", Objects.requireNonNull(id));
  }

  private static String body(String route) {
    return switch (route) {
      case ROTATE -> OKTA;
      case CHECKOUT -> json("name", UUID.randomUUID().toString());
      default -> "{}";
    };
  }

  @Test
  void pipelinedRequestIsNoDisconnection() throws Exception {
    try (var socket = new Socket("localhost", port)) {
      send(socket, ROTATE, OKTA, false, "keep-alive");
      socket.getOutputStream().write("GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(US_ASCII));
      response(socket);
      assertThat(response(socket)).startsWith("HTTP/1.1 401");
    }

    await().until(() -> rotation().get("delivered_at") != null);
  }

  private void send(Socket socket, String path, String body, boolean chunked, String connection)
      throws IOException {
    String head =
        """
        POST %s HTTP/1.1
        Host: localhost
        X-Request-Id: %s
        Authorization: Bearer %s
        Content-Type: application/json
        Idempotency-Key: %s
        Connection: %s
        """
            .formatted(
                path,
                requestId,
                Tokens.of(surroundings().sandbox(), "payments"),
                UUID.randomUUID(),
                connection)
            .replace("\n", "\r\n");
    String rest =
        chunked
            ? "Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n"
                .formatted(body.length(), body)
            : "Content-Length: %d\r\n\r\n%s".formatted(body.length(), body);
    socket.getOutputStream().write((head + rest).getBytes(US_ASCII));
  }

  /** Reads one response up to its end, and not a byte more. */
  private static String response(Socket socket) throws IOException {
    var text = new StringBuilder();
    while (text.indexOf("\r\n\r\n") < 0) {
      text.append((char) socket.getInputStream().read());
    }
    String head = text.toString().toLowerCase(java.util.Locale.ROOT);
    if (head.contains("transfer-encoding: chunked")) {
      while (!text.toString().endsWith("\r\n0\r\n\r\n")) {
        text.append((char) socket.getInputStream().read());
      }
    } else {
      int length = Integer.parseInt(head.replaceFirst("(?s).*content-length: (\\d+).*", "$1"));
      text.append(new String(socket.getInputStream().readNBytes(length), US_ASCII));
    }
    return text.toString();
  }

  private static Map<String, Object> rotation(@Nullable String id) {
    return query("select state, delivered_at from rotation where id = ?::uuid", id).getFirst();
  }

  /** The newest one of this test. */
  private Map<String, Object> rotation() {
    return query(
            "select state, delivered_at from rotation where request_id = ?"
                + " order by requested_at desc limit 1",
            requestId)
        .stream()
        .findFirst()
        .orElse(Map.of("state", "none"));
  }
}
