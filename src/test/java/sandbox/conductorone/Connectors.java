package sandbox.conductorone;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;
import sandbox.conductorone.ConnectorCredential.Connector;
import sandbox.gateway.Mints;
import sandbox.gateway.Mints.Mint;
import sandbox.gateway.Registry;
import sandbox.wire.RandomText;
import sandbox.wire.SecretText;
import sandbox.wire.Seeds;
import sandbox.wire.Upstream;

/** The connectors and every credential they ever had. */
@Component
public final class Connectors implements Registry {
  public static final String APP = "crm";

  private final Map<Connector, Map<String, ConnectorCredential>> live = new LinkedHashMap<>();
  private final Map<String, ConnectorCredential> all = new HashMap<>();
  private final Map<String, String> idsByClientId = new HashMap<>();
  private static final int SEED_AGE_DAYS = 40;

  /** Five days before it expires. */
  private static final int EXPIRING_AGE_DAYS = 85;

  private static final int OLD_AGE_DAYS = 50;

  private final Mints mints;
  private final Seeds seeds;
  private boolean additive;

  Connectors(Mints mints, Seeds seeds) {
    this.mints = mints;
    this.seeds = seeds;
    reset();
  }

  /** Sets whether a rotation keeps the connector's other credentials. The default is false. */
  public synchronized void additive(boolean value) {
    additive = value;
  }

  @Override
  public synchronized void reset() {
    live.clear();
    all.clear();
    idsByClientId.clear();
    additive = false;
    seed("okta", SEED_AGE_DAYS);
    seed("github", SEED_AGE_DAYS);
    if (seeds.examples()) {
      seed("salesforce", SEED_AGE_DAYS);
      seed("slack", OLD_AGE_DAYS);
      seed("zendesk", SEED_AGE_DAYS);
      seed("jira", EXPIRING_AGE_DAYS);
    }
  }

  private void seed(String connectorId, int ageDays) {
    var connector = new Connector(APP, connectorId);
    Instant created = Instant.now().minus(Duration.ofDays(ageDays));
    live.put(connector, new LinkedHashMap<>());
    put(ConnectorCredential.mint(connectorId + "-seed-credential", connector, created));
  }

  /** Adds connectors {@code connector-0001} and so on, without credentials. */
  public synchronized void addConnectors(int count) {
    for (int i = 1; i <= count; i++) {
      live.putIfAbsent(new Connector(APP, "connector-%04d".formatted(i)), new LinkedHashMap<>());
    }
  }

  /** Empty if the connector does not exist. */
  Optional<ConnectorCredential> rotate(Connector connector) {
    Instant now = Instant.now();
    return exists(connector)
        ? add(ConnectorCredential.mint("cc" + RandomText.alphanumeric(25), connector, now))
        : Optional.empty();
  }

  private synchronized boolean exists(Connector connector) {
    return live.containsKey(connector);
  }

  private synchronized Optional<ConnectorCredential> add(ConnectorCredential minted) {
    Map<String, ConnectorCredential> siblings = live.get(minted.connector());
    if (siblings == null) {
      return Optional.empty();
    }
    if (!additive) {
      List.copyOf(siblings.values()).forEach(old -> put(old.revoked(minted.createdAt())));
    }
    put(minted);
    mints.add(
        new Mint(
            Upstream.CONDUCTORONE,
            minted.connector().subject(),
            minted.id(),
            null,
            minted.createdAt()));
    return Optional.of(minted);
  }

  synchronized Optional<ConnectorCredential> find(Connector connector, String id) {
    return Optional.ofNullable(all.get(id)).filter(c -> c.connector().equals(connector));
  }

  /** Idempotent. Returns false if the credential never existed. */
  synchronized boolean revoke(Connector connector, String id) {
    Optional<ConnectorCredential> found = find(connector, id);
    found.filter(ConnectorCredential::lives).ifPresent(c -> put(c.revoked(Instant.now())));
    return found.isPresent();
  }

  synchronized Optional<SecretText> secretOf(String clientId) {
    return liveByClientId(clientId).map(ConnectorCredential::secret);
  }

  synchronized void used(String clientId) {
    liveByClientId(clientId).ifPresent(c -> put(c.used(Instant.now())));
  }

  private Optional<ConnectorCredential> liveByClientId(String clientId) {
    return Optional.ofNullable(idsByClientId.get(clientId))
        .map(all::get)
        .filter(ConnectorCredential::lives);
  }

  private void put(ConnectorCredential credential) {
    all.put(credential.id(), credential);
    idsByClientId.put(credential.clientId(), credential.id());
    Map<String, ConnectorCredential> siblings =
        live.computeIfAbsent(credential.connector(), _ -> new LinkedHashMap<>());
    if (credential.lives()) {
      siblings.put(credential.id(), credential);
    } else {
      siblings.remove(credential.id());
    }
  }

  @Override
  public synchronized List<Live> live() {
    return live.values().stream()
        .flatMap(siblings -> siblings.values().stream())
        .map(ConnectorCredential::toLive)
        .toList();
  }

  @Override
  public synchronized Optional<Live> touch(String credentialId) {
    Optional<ConnectorCredential> touched =
        Optional.ofNullable(all.get(credentialId))
            .filter(ConnectorCredential::lives)
            .map(c -> c.used(Instant.now()));
    touched.ifPresent(this::put);
    return touched.map(ConnectorCredential::toLive);
  }

  @Override
  public boolean verify(String clientId, String clientSecret) {
    return secretOf(clientId).filter(secret -> secret.matches(clientSecret)).isPresent();
  }
}
