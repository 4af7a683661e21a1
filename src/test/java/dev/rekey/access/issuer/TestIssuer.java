package dev.rekey.access.issuer;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.text.ParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An issuer of tokens: serves its metadata and its keys, and signs any claims with any algorithm.
 */
public final class TestIssuer implements AutoCloseable {

  private final HttpServer server;
  private final List<JWK> published = new CopyOnWriteArrayList<>();
  private final AtomicInteger fetches = new AtomicInteger();
  private volatile String name;
  private volatile String keysUrl;
  private volatile int status = 200;

  private TestIssuer(HttpServer server) {
    this.server = server;
    this.name = url();
    this.keysUrl = keys();
  }

  public static TestIssuer start() {
    try {
      var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      var issuer = new TestIssuer(server);
      server.createContext("/", issuer::respond);
      server.start();
      return issuer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void respond(HttpExchange exchange) throws IOException {
    boolean isKeys = exchange.getRequestURI().getPath().equals("/keys");
    boolean isMetadata =
        exchange.getRequestURI().getPath().endsWith("/.well-known/openid-configuration");
    if (isKeys) {
      fetches.incrementAndGet();
    }
    byte[] body =
        (isKeys
                ? new JWKSet(published).toString()
                : JSONObjectUtils.toJSONString(Map.of("issuer", name, "jwks_uri", keysUrl)))
            .getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(isKeys || isMetadata ? status : 404, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  /** Its {@code iss}, unless another name is given. */
  public String url() {
    return "http://localhost:" + server.getAddress().getPort();
  }

  /** The URL of its keys. */
  public String keys() {
    return url() + "/keys";
  }

  public int fetches() {
    return fetches.get();
  }

  /** Changes what its metadata says. */
  void describe(String issuer, String keys) {
    name = issuer;
    keysUrl = keys;
  }

  /** Responds with this status from now on. */
  public void fail(int newStatus) {
    status = newStatus;
  }

  /** Makes a key for the algorithm and publishes it. */
  public SigningKey publish(String keyId, JWSAlgorithm algorithm) {
    SigningKey key = SigningKey.of(keyId, algorithm);
    published.add(key.jwk());
    return key;
  }

  void withdrawAll() {
    published.clear();
  }

  @Override
  public void close() {
    server.stop(0);
  }

  /** A key with its private half. Not in any key set yet. */
  public record SigningKey(JWK jwk, JWSAlgorithm algorithm, KeyPair pair) {

    /** Makes a key of the algorithm's kind. */
    public static SigningKey of(String keyId, JWSAlgorithm algorithm) {
      try {
        if (JWSAlgorithm.Family.RSA.contains(algorithm)) {
          RSAKey key = new RSAKeyGenerator(2048).keyID(keyId).generate();
          return new SigningKey(key, algorithm, key.toKeyPair());
        }
        if (JWSAlgorithm.Family.EC.contains(algorithm)) {
          Curve curve = Curve.forJWSAlgorithm(algorithm).iterator().next();
          ECKey key = new ECKeyGenerator(curve).keyID(keyId).generate();
          return new SigningKey(key, algorithm, key.toKeyPair());
        }
        return edwards(keyId, algorithm);
      } catch (JOSEException | GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }

    private static SigningKey edwards(String keyId, JWSAlgorithm algorithm)
        throws GeneralSecurityException {
      Curve curve = algorithm.equals(JWSAlgorithm.Ed448) ? Curve.Ed448 : Curve.Ed25519;
      KeyPair pair = KeyPairGenerator.getInstance(curve.getName()).generateKeyPair();
      byte[] encoded = pair.getPublic().getEncoded();
      int size = curve.equals(Curve.Ed448) ? 57 : 32;
      byte[] point = Arrays.copyOfRange(encoded, encoded.length - size, encoded.length);
      var jwk = new OctetKeyPair.Builder(curve, Base64URL.encode(point)).keyID(keyId).build();
      return new SigningKey(jwk, algorithm, pair);
    }

    /** A token with these claims, as {@code at+jwt}. */
    public String sign(Map<String, Object> claims) {
      return sign(new JWSHeader.Builder(algorithm).type(new JOSEObjectType("at+jwt")), claims);
    }

    /** A token with this header, to which the id of the key is added. */
    public String sign(JWSHeader.Builder header, Map<String, Object> claims) {
      try {
        var token = new SignedJWT(header.keyID(jwk.getKeyID()).build(), JWTClaimsSet.parse(claims));
        if (jwk instanceof RSAKey rsa) {
          token.sign(new RSASSASigner(rsa));
          return token.serialize();
        }
        if (jwk instanceof ECKey ec) {
          token.sign(new ECDSASigner(ec));
          return token.serialize();
        }
        var signature = Signature.getInstance(pair.getPublic().getAlgorithm());
        signature.initSign(pair.getPrivate());
        signature.update(token.getSigningInput());
        return new String(token.getSigningInput(), StandardCharsets.US_ASCII)
            + "."
            + Base64URL.encode(signature.sign());
      } catch (JOSEException | ParseException | GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
