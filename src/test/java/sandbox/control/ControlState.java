package sandbox.control;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;
import sandbox.conductorone.ConductorOneAccess;
import sandbox.conductorone.ConductorOneClients;
import sandbox.conductorone.Connectors;
import sandbox.faults.Delays;
import sandbox.faults.Faults;
import sandbox.gateway.Calls;
import sandbox.gateway.Mints;
import sandbox.gateway.OwnSecret;
import sandbox.gateway.Registry;
import sandbox.gateway.Registry.Live;
import sandbox.keycard.KeycardAccess;
import sandbox.keycard.KeycardClients;
import sandbox.keycard.ServiceAccounts;
import sandbox.kubernetes.Cluster;
import sandbox.webhooks.Webhooks;
import sandbox.wire.Upstream;

/** All state of the sandbox that the control routes can reach. */
@Component
public final class ControlState {
  private final Connectors connectors;
  private final ServiceAccounts accounts;
  private final ConductorOneAccess conductorOne;
  private final KeycardAccess keycard;
  private final Faults faults;
  private final Delays holds;
  private final Calls calls;
  private final Mints mints;
  private final Webhooks webhooks;
  private final Cluster cluster;

  ControlState(
      Connectors connectors,
      ServiceAccounts accounts,
      ConductorOneAccess conductorOne,
      KeycardAccess keycard,
      Faults faults,
      Delays holds,
      Calls calls,
      Mints mints,
      Webhooks webhooks,
      Cluster cluster) {
    this.connectors = connectors;
    this.accounts = accounts;
    this.conductorOne = conductorOne;
    this.keycard = keycard;
    this.faults = faults;
    this.holds = holds;
    this.calls = calls;
    this.mints = mints;
    this.webhooks = webhooks;
    this.cluster = cluster;
  }

  /** Restores the initial state, except that all tokens stay valid. Cuts off hanging calls. */
  public void reset() {
    faults.clear();
    conductorOne.tokens().restoreAll();
    keycard.tokens().restoreAll();
    holds.release();
    registries().forEach(Registry::reset);
    conductorOne.resetSecrets();
    keycard.secret().reset();
    mints.clear();
    calls.clear();
    webhooks.clear();
    cluster.reset();
  }

  /** Cuts off hanging calls and drops delayed effects. */
  public void release() {
    holds.release();
  }

  void revokeTokens() {
    conductorOne.tokens().revokeAll();
    keycard.tokens().revokeAll();
  }

  /** The access tokens that an upstream has issued so far. */
  public List<String> issuedTokens(Upstream upstream) {
    return switch (upstream) {
      case CONDUCTORONE -> conductorOne.tokens().issued();
      case KEYCARD -> keycard.tokens().issued();
    };
  }

  /** Gives Rekey's own client a new secret. Returns the secret to configure in Rekey. */
  Map<String, String> replaceSecret(Upstream upstream, Duration formerLives) {
    String clientId =
        switch (upstream) {
          case CONDUCTORONE -> ConductorOneClients.KEY_CLIENT_ID;
          case KEYCARD -> KeycardClients.CLIENT_ID;
        };
    OwnSecret own =
        switch (upstream) {
          case CONDUCTORONE -> conductorOne.secretOf(clientId).orElseThrow();
          case KEYCARD -> keycard.secret();
        };
    return Map.of("clientId", clientId, "clientSecret", own.replace(formerLives).reveal());
  }

  List<Live> live() {
    return registries().flatMap(registry -> registry.live().stream()).toList();
  }

  Optional<Live> touch(String credentialId) {
    return registries().flatMap(registry -> registry.touch(credentialId).stream()).findFirst();
  }

  boolean verify(String clientId, String clientSecret) {
    return registries().anyMatch(registry -> registry.verify(clientId, clientSecret));
  }

  private Stream<Registry> registries() {
    return Stream.of(connectors, accounts);
  }
}
