package sandbox;

import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.springframework.boot.web.server.servlet.context.AnnotationConfigServletWebServerApplicationContext;
import sandbox.SandboxApplication.Listener;
import sandbox.callers.CallersConfiguration;
import sandbox.callers.JwtMint;
import sandbox.conductorone.ConductorOneClients;
import sandbox.control.ControlState;
import sandbox.keycard.KeycardClients;
import sandbox.kubernetes.Access;
import sandbox.webhooks.WebhookRoutes;
import sandbox.wire.SandboxUrl;
import sandbox.wire.Seeds;
import sandbox.wire.Upstream;

/**
 * A running sandbox: both upstreams, Kubernetes' API server, the callers' authorization server, the
 * control routes.
 */
public final class Sandbox implements AutoCloseable {
  /** Authenticates with a signed assertion, or by posting the whole secret. */
  public static final String CONDUCTORONE_CLIENT_ID = ConductorOneClients.KEY_CLIENT_ID;

  public static final String CONDUCTORONE_CLIENT_SECRET = ConductorOneClients.KEY_CLIENT_SECRET;

  /** Authenticates only by posting its secret. */
  public static final String CONDUCTORONE_PLAIN_CLIENT_ID = ConductorOneClients.PLAIN_CLIENT_ID;

  public static final String CONDUCTORONE_PLAIN_CLIENT_SECRET =
      ConductorOneClients.PLAIN_CLIENT_SECRET;

  public static final String KEYCARD_CLIENT_ID = KeycardClients.CLIENT_ID;
  public static final String KEYCARD_CLIENT_SECRET = KeycardClients.CLIENT_SECRET;

  /** The token of Rekey's service account at the API server, which is at {@code /kubernetes}. */
  public static final String KUBERNETES_TOKEN = Access.TOKEN;

  /** The audience of callers' tokens. */
  public static final String AUDIENCE = CallersConfiguration.AUDIENCE;

  /** The client of Rekey's console at the callers' authorization server. */
  public static final String CONSOLE_CLIENT_ID = CallersConfiguration.CONSOLE_CLIENT_ID;

  public static final String CONSOLE_CLIENT_SECRET = CallersConfiguration.CONSOLE_CLIENT_SECRET;

  /** The secret that signs webhooks to {@code /webhooks}. */
  public static final String WEBHOOK_SECRET = WebhookRoutes.SECRET;

  public static final int DEFAULT_PORT = 9090;

  private final AnnotationConfigServletWebServerApplicationContext context;

  private Sandbox(AnnotationConfigServletWebServerApplicationContext context) {
    this.context = context;
  }

  /**
   * Runs the sandbox alone, with examples, on {@code SANDBOX_PORT} or 9090. Shows them to the Rekey
   * at {@code SANDBOX_REKEY_URL}, if there is one.
   */
  public static void main(String[] args) {
    String port = System.getenv().getOrDefault("SANDBOX_PORT", String.valueOf(DEFAULT_PORT));
    Sandbox sandbox = start(new Listener(null, Integer.parseInt(port)), new Seeds(true));
    Runtime.getRuntime().addShutdownHook(new Thread(sandbox::close));
    String rekey = System.getenv("SANDBOX_REKEY_URL");
    if (rekey != null) {
      new Examples(sandbox, URI.create(rekey)).show();
    }
  }

  /**
   * Returns when the sandbox accepts requests. Ignores environment variables and system properties,
   * because they configure Rekey, and does not set up logging.
   *
   * @param port 0 for any free one
   */
  public static Sandbox start(int port) {
    return start(new Listener(null, port), new Seeds(false));
  }

  /** Same, with examples, on one address of this machine only. */
  public static Sandbox startWithExamples(InetAddress address, int port) {
    return start(new Listener(address, port), new Seeds(true));
  }

  private static Sandbox start(Listener listener, Seeds seeds) {
    QuietLogs.unlessConfigured();
    var context = new AnnotationConfigServletWebServerApplicationContext();
    var sources = context.getEnvironment().getPropertySources();
    sources.stream().toList().forEach(source -> sources.remove(source.getName()));
    context.registerBean(Listener.class, () -> listener);
    context.registerBean(Seeds.class, () -> seeds);
    context.register(SandboxApplication.class);
    context.refresh();
    return new Sandbox(context);
  }

  /** {@code http://localhost:PORT}, without a trailing slash. */
  public URI url() {
    return context.getBean(SandboxUrl.class).url();
  }

  public int port() {
    return url().getPort();
  }

  /** Same as {@code POST /control/reset}. */
  public void reset() {
    context.getBean(ControlState.class).reset();
  }

  /**
   * Returns a token signed with the server's key.
   *
   * @param change edits the claims of a valid token for {@code payments}
   */
  public String mintJwt(Consumer<Map<String, Object>> change) {
    return context.getBean(JwtMint.class).mint(change);
  }

  /** The access tokens that both upstreams have issued so far, grouped by upstream. */
  public List<List<String>> issuedTokens() {
    var state = context.getBean(ControlState.class);
    return Stream.of(Upstream.values()).map(state::issuedTokens).toList();
  }

  /** Does not wait for hanging calls. */
  @Override
  public void close() {
    context.getBean(ControlState.class).release();
    context.close();
  }
}
