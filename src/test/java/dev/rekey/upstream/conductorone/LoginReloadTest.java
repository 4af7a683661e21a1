package dev.rekey.upstream.conductorone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.platform.Deadline;
import dev.rekey.platform.PathId;
import dev.rekey.platform.settings.ConfigTreeReloader;
import dev.rekey.run.Control;
import dev.rekey.run.SecretMount;
import dev.rekey.upstream.CredentialNaming;
import dev.rekey.upstream.Minted;
import dev.rekey.upstream.Reply;
import dev.rekey.upstream.Reply.Obstacle;
import dev.rekey.upstream.http.TestClients;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.bind.Binder;
import sandbox.Sandbox;

/** Changes Rekey's own secret in its file while it is in use. */
class LoginReloadTest {

  private static final String PREFIX = "rekey.upstreams.conductorone";
  private static final String SECRET = PREFIX + ".client-secret";
  private static final int CLIENTS = 32;

  private static Sandbox sandbox;
  private static Control control;

  @TempDir private Path directory;

  private SecretMount mount;
  private ConfigTreeReloader files;
  private ConductorOne conductorOne;

  @BeforeAll
  static void startSandbox() {
    sandbox = Sandbox.start(0);
    control = new Control(sandbox);
  }

  @AfterAll
  static void stopSandbox() {
    sandbox.close();
  }

  @BeforeEach
  void mountTheFirstSecret() {
    control.reset();
    mount = new SecretMount(directory);
    mount.put(Map.of(SECRET, Sandbox.CONDUCTORONE_CLIENT_SECRET));
    var environment = mount.environment(settings());
    files = TestClients.files(environment);
    conductorOne =
        new ConductorOneConfiguration()
            .conductorOne(
                Binder.get(environment).bindOrCreate(PREFIX, ConductorOneProperties.class),
                TestClients.following(files),
                Clock.systemUTC());
  }

  private static Map<String, Object> settings() {
    return Map.of(
        PREFIX + ".api-url", sandbox.url() + "/conductorone",
        PREFIX + ".token-url", sandbox.url() + "/conductorone/auth/v1/token",
        PREFIX + ".client-id", Sandbox.CONDUCTORONE_CLIENT_ID);
  }

  @Test
  void noMintFailsWhileTheSecretIsReplaced() throws Exception {
    var failures = new ConcurrentLinkedQueue<Reply<Minted>>();
    var over = new AtomicBoolean();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < CLIENTS; i++) {
        threads.execute(() -> mintUntil(over, failures));
      }

      String next = control.replaceOwnSecret("conductorone", Duration.ofMillis(500));
      mount.put(Map.of(SECRET, next));
      pollTwice();
      // From now on, the old secret and its tokens are rejected.
      Thread.sleep(500);
      control.revokeTokens();
      Thread.sleep(500);
      over.set(true);
    }

    assertThat(failures).isEmpty();
    assertThat(control.calls("token")).isEqualTo(3);
    assertThat(control.mints()).hasSizeGreaterThan(CLIENTS);
  }

  @Test
  void rejectedSecretTriggersAFileCheck() {
    mint();
    mount.put(Map.of(SECRET, control.replaceOwnSecret("conductorone", Duration.ZERO)));
    control.revokeTokens();

    assertThat(mint()).isInstanceOf(Reply.Success.class);
  }

  @Test
  void newSecretIsUsedOnlyOnceTheUpstreamAcceptsIt() {
    mint();
    mount.put(Map.of(SECRET, "wrong secret"));
    pollTwice();
    Reply<Minted> withTheOldSecret = mint();
    mount.put(Map.of(SECRET, control.replaceOwnSecret("conductorone", Duration.ZERO)));
    pollTwice();
    control.revokeTokens();

    assertThat(withTheOldSecret).isInstanceOf(Reply.Success.class);
    assertThat(mint()).isInstanceOf(Reply.Success.class);
  }

  @Test
  void truncatedKeyIsNotUsed() {
    mint();
    mount.put(Map.of(SECRET, Sandbox.CONDUCTORONE_CLIENT_SECRET.substring(0, 60)));
    pollTwice();
    control.revokeTokens();

    assertThat(mint()).isInstanceOf(Reply.Success.class);
  }

  @Test
  void secretIsNeverSentToANewTokenUrl() {
    mint();
    String next = control.replaceOwnSecret("conductorone", Duration.ZERO);
    mount.put(Map.of(SECRET, next, PREFIX + ".token-url", "http://localhost:1/elsewhere"));
    pollTwice();
    control.revokeTokens();

    assertThat(mint()).isInstanceOf(Reply.Success.class);
  }

  @Test
  void callFailsWithoutANewSecret() {
    mint();
    control.replaceOwnSecret("conductorone", Duration.ZERO);
    control.revokeTokens();

    assertThat(mint()).isEqualTo(new Reply.NotSent<Minted>(Obstacle.NO_TOKEN));
  }

  private void mintUntil(AtomicBoolean over, Queue<Reply<Minted>> failures) {
    while (!over.get()) {
      Reply<Minted> reply = mint();
      if (!(reply instanceof Reply.Success)) {
        failures.add(reply);
      }
    }
  }

  private Reply<Minted> mint() {
    return conductorOne.mint(
        ConductorOne.connector(PathId.of("crm"), PathId.of("okta")),
        CredentialNaming.NONE,
        UUID.randomUUID(),
        Deadline.in(Duration.ofSeconds(30)));
  }

  private void pollTwice() {
    for (int i = 0; i < 2; i++) {
      files.poll();
    }
  }
}
