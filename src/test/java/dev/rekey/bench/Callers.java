package dev.rekey.bench;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Callers of one team, with tokens that are valid for a day and have all scopes. */
final class Callers {

  static final String TEAM = "admin";
  static final String AUDIENCE = "rekey";

  /** More than one, because a caller may not have all concurrent calls. */
  private static final int COUNT = 8;

  private final RSAKey key;
  private final String issuer;
  private final List<String> tokens;

  Callers(String issuer) {
    this.issuer = issuer;
    try {
      this.key = new RSAKeyGenerator(2048).keyID("bench").algorithm(JWSAlgorithm.RS256).generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
    this.tokens = IntStream.range(0, COUNT).mapToObj(i -> token("caller-" + i)).toList();
  }

  String issuer() {
    return issuer;
  }

  /** The public key, as the document that resource servers read. */
  String keySet() {
    return "{\"keys\":[" + key.toPublicJWK().toJSONString() + "]}";
  }

  String token() {
    return tokens.getFirst();
  }

  /** Writes the tokens as a Lua table. */
  Path write(Path file) {
    String table = tokens.stream().collect(Collectors.joining("\", \"", "return { \"", "\" }\n"));
    try {
      return Files.writeString(file, table);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String token(String caller) {
    Instant now = Instant.now();
    var claims =
        new JWTClaimsSet.Builder()
            .issuer(issuer)
            .subject(caller)
            .audience(AUDIENCE)
            .claim("client_id", caller)
            .claim("groups", List.of(TEAM))
            .claim("scope", "credentials:read credentials:write audit:read admin")
            .issueTime(Date.from(now))
            .notBeforeTime(Date.from(now))
            .expirationTime(Date.from(now.plus(Duration.ofDays(1))))
            .jwtID(UUID.randomUUID().toString())
            .build();
    var header = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build();
    var token = new SignedJWT(header, claims);
    try {
      token.sign(new RSASSASigner(key));
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
    return token.serialize();
  }
}
