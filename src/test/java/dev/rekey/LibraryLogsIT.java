package dev.rekey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rekey.run.ConnectProxy;
import dev.rekey.run.Control;
import dev.rekey.run.Http;
import dev.rekey.run.Json;
import dev.rekey.run.PostgresServer;
import dev.rekey.run.RekeyProcess;
import dev.rekey.run.SecretMount;
import dev.rekey.run.SelfSigned;
import dev.rekey.run.Surroundings;
import dev.rekey.run.Tokens;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sandbox.Sandbox;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A process logs at TRACE, and uses every secret that it can be given. */
class LibraryLogsIT {

  private static final String STORE_PASSWORD = "canary-of-the-key-store";
  private static final String KEY_PASSWORD = "canary-of-the-private-key";
  private static final String URL_TOKEN = "canary-of-the-webhook-url";
  private static final String PROXY_LOGIN = "rekey-proxy:canary-of-the-proxy";
  private static final String CLIENT_ID = "rekey.upstreams.conductorone.client-id";
  private static final String CLIENT_SECRET = "rekey.upstreams.conductorone.client-secret";
  private static final String CREDENTIALS =
      "/organizations/acme/service-accounts/checkout/credentials";

  private final List<String> secrets =
      new ArrayList<>(
          List.of(
              STORE_PASSWORD,
              KEY_PASSWORD,
              URL_TOKEN,
              PostgresServer.PASSWORD,
              Sandbox.CONDUCTORONE_PLAIN_CLIENT_SECRET,
              Sandbox.CONDUCTORONE_CLIENT_SECRET,
              Sandbox.KEYCARD_CLIENT_SECRET,
              Sandbox.WEBHOOK_SECRET,
              "canary-of-the-proxy",
              // As a client sends them that authenticates with Basic.
              PROXY_LOGIN,
              Sandbox.KEYCARD_CLIENT_ID + ":" + Sandbox.KEYCARD_CLIENT_SECRET,
              Sandbox.CONDUCTORONE_CLIENT_ID + ":" + Sandbox.CONDUCTORONE_CLIENT_SECRET,
              Sandbox.CONDUCTORONE_PLAIN_CLIENT_ID
                  + ":"
                  + Sandbox.CONDUCTORONE_PLAIN_CLIENT_SECRET));

  @TempDir private Path directory;

  @Test
  void noLibraryLogsASecretAtAnyLevel() throws Exception {
    Path log = directory.resolve("log");
    var mount = new SecretMount(Files.createDirectory(directory.resolve("secrets")));
    KeyStore own = SelfSigned.store(store(), "localhost", STORE_PASSWORD.toCharArray());
    SSLContext tls = trust(own);
    try (var surroundings = Surroundings.start();
        var proxy = ConnectProxy.start(surroundings.sandbox().port(), PROXY_LOGIN);
        HttpClient client = HttpClient.newBuilder().sslContext(tls).build()) {
      surroundings.postgres().demandPasswords();
      var control = new Control(surroundings.sandbox());
      Map<String, String> settings = settings(surroundings, mount);
      settings.putAll(encryption(own));
      settings.putAll(egress(proxy, mount));
      try (var rekey = RekeyProcess.start(settings, log)) {
        var caller =
            new Caller(client, rekey.port(), Tokens.of(surroundings.sandbox(), "payments"));
        sendMalformedHeader(tls, caller);
        mint(caller);
        mount.put(
            Map.of(
                CLIENT_ID, Sandbox.CONDUCTORONE_CLIENT_ID,
                CLIENT_SECRET, Sandbox.CONDUCTORONE_CLIENT_SECRET));
        await()
            .atMost(Duration.ofSeconds(20))
            .until(() -> Files.readString(log).contains("and its new value is in use"));
        control.revokeTokens();
        mint(caller);
        control.fault("keycard", "create", "reset-after");
        assertThat(caller.post(CREDENTIALS, "{\"name\":\"lost\"}").at("/type").asString())
            .isEqualTo("/problems/rotation-outcome-unknown");
        await()
            .atMost(Duration.ofSeconds(20))
            .until(
                () ->
                    !Http.at(surroundings.sandbox().url())
                        .get("/control/webhooks")
                        .body()
                        .isEmpty());
      }
      assertThat(proxy.connected()).contains("keycard.invalid:80", "tokens.invalid:80");
      for (List<String> issued : surroundings.sandbox().issuedTokens()) {
        assertThat(issued).hasSizeGreaterThan(1);
        secrets.addAll(issued);
      }
    }
    String written = Files.readString(log);
    assertThat(written).as("SQL, at DEBUG").contains("insert into rotation");
    assertThat(written)
        .as("access tokens and client assertions")
        .doesNotContainPattern("eyJ[\\w-]{10}|(?i)bearer \\w{20}");
    for (String secret : secrets) {
      for (String form : forms(secret)) {
        assertThat(written.lines().filter(line -> line.contains(form)).map(LibraryLogsIT::logger))
            .as("loggers of %s", secret)
            .isEmpty();
      }
    }
  }

  /** Sends a token as a script does that has read it from a file with CR LF at the end of lines. */
  private static void sendMalformedHeader(SSLContext tls, Caller caller) throws IOException {
    try (var socket = tls.getSocketFactory().createSocket("localhost", caller.port())) {
      socket
          .getOutputStream()
          .write(
              ("GET /api/v1/summary HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                      + caller.token()
                      + "\r\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("HTTP/1.1 400");
    }
  }

  /** Mints at both upstreams, and remembers the secrets. */
  private void mint(Caller caller) throws Exception {
    secrets.add(
        caller
            .post(
                "/api/v1/apps/connectors/credentials",
                Json.json("appId", "crm", "connectorId", "okta"))
            .at("/credential/clientSecret")
            .asString());
    secrets.add(
        caller
            .post(CREDENTIALS, Json.json("name", "canary-" + secrets.size()))
            .at("/client_secret")
            .asString());
  }

  private Map<String, String> settings(Surroundings surroundings, SecretMount mount) {
    var settings = new HashMap<>(surroundings.properties());
    var files = new HashMap<String, String>();
    for (String name :
        List.of(
            CLIENT_SECRET,
            CLIENT_ID,
            "rekey.upstreams.keycard.client-secret",
            "spring.datasource.password",
            "spring.flyway.password")) {
      files.put(name, String.valueOf(settings.remove(name)));
    }
    files.put(CLIENT_ID, Sandbox.CONDUCTORONE_PLAIN_CLIENT_ID);
    files.put(CLIENT_SECRET, Sandbox.CONDUCTORONE_PLAIN_CLIENT_SECRET);
    files.put("webhooks.secret", Sandbox.WEBHOOK_SECRET);
    mount.put(files);
    settings.put("spring.config.import", "configtree:" + mount.directory() + "/");
    var target = "rekey.notifications.targets[0].";
    settings.put(target + "name", "sandbox");
    settings.put(target + "url", surroundings.sandbox().url() + "/webhooks?token=" + URL_TOKEN);
    settings.put(target + "secrets[0]", "${webhooks.secret}");
    addKey(Objects.requireNonNull(settings.get("rekey.audit.signing-key")));
    settings.put("management.server.ssl.enabled", "false");
    settings.put("logging.level.root", "trace");
    return settings;
  }

  private Path store() {
    return directory.resolve("listener.p12");
  }

  /** The listener has its private key as PEM, in a variable. Another bundle is a key store. */
  private Map<String, String> encryption(KeyStore own) throws Exception {
    var key = own.getKey("localhost", STORE_PASSWORD.toCharArray());
    String pem = SelfSigned.pem("PRIVATE KEY", key.getEncoded());
    addKey(pem);
    var listener = "spring.ssl.bundle.pem.rekey.";
    var other = "spring.ssl.bundle.jks.other.keystore.";
    return Map.of(
        listener + "keystore.private-key",
        pem,
        listener + "keystore.certificate",
        SelfSigned.pem("CERTIFICATE", own.getCertificate("localhost").getEncoded()),
        listener + "key.password",
        KEY_PASSWORD,
        other + "location",
        "file:" + store(),
        other + "password",
        STORE_PASSWORD,
        "server.ssl.bundle",
        "rekey");
  }

  /** Keycard's names are known to the proxy only, whose URL with its login is a file. */
  private static Map<String, String> egress(ConnectProxy proxy, SecretMount mount)
      throws IOException {
    mount.put(Map.of("rekey.egress.proxy", "http://" + PROXY_LOGIN + "@localhost:" + proxy.port()));
    return Map.of(
        "rekey.upstreams.keycard.api-url",
        "http://keycard.invalid/keycard",
        "rekey.upstreams.keycard.token-url",
        "http://tokens.invalid/keycard/service-account-token");
  }

  /** Each line, because a log may break them. */
  private void addKey(String pem) {
    pem.lines().filter(line -> !line.startsWith("-")).forEach(secrets::add);
  }

  private static SSLContext trust(KeyStore own) throws Exception {
    var trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("rekey", own.getCertificate("localhost"));
    var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trusted);
    var context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context;
  }

  /** Calls Rekey over TLS. */
  private record Caller(HttpClient client, int port, String token) {

    JsonNode post(String path, String json) throws IOException, InterruptedException {
      var request =
          HttpRequest.newBuilder(URI.create("https://localhost:" + port + path))
              .header("Authorization", "Bearer " + token)
              .header("Content-Type", "application/json")
              .POST(BodyPublishers.ofString(json))
              .build();
      return JsonMapper.shared().readTree(client.send(request, BodyHandlers.ofString()).body());
    }
  }

  private static List<String> forms(String secret) {
    byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
    String core = secret.substring(secret.lastIndexOf(':') + 1);
    return List.of(secret, core, Base64.getEncoder().withoutPadding().encodeToString(bytes));
  }

  /** The part of a line that names its logger; not its message, which has the secret. */
  private static String logger(String line) {
    return line.substring(0, Math.min(160, line.length())).replaceFirst(" : .*", "");
  }
}
