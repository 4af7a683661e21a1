package dev.rekey.access;

import dev.rekey.access.issuer.Issuer;
import dev.rekey.access.issuer.IssuerProperties;
import dev.rekey.access.issuer.Issuers;
import dev.rekey.access.issuer.IssuersBuilder;
import dev.rekey.platform.settings.PropertyException;
import dev.rekey.upstream.http.OutgoingHttp;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * The issuers of the settings: the default one from Spring Security's own settings, if there is
 * one, and those of {@code rekey.access.issuers}.
 */
@Configuration(proxyBeanMethods = false)
class TrustedIssuers {

  private static final String JWT = "spring.security.oauth2.resourceserver.jwt.";
  private static final String ISSUER_URI = JWT + "issuer-uri";

  @Bean
  Issuers issuers(
      OAuth2ResourceServerProperties spring,
      AccessProperties access,
      Environment environment,
      OutgoingHttp http,
      MeterRegistry meters,
      Clock clock) {
    var jwt = spring.getJwt();
    var builder =
        new IssuersBuilder(access.keepIssuerKeys(), access.teamClaim(), http, meters, clock);
    String uri = jwt.getIssuerUri();
    if (StringUtils.hasText(uri)) {
      refuseUnsupported(jwt);
      refuseShared(uri);
      refuseSecond(access.issuers(), uri);
      builder.add(
          ofSpring(uri, jwt, access, environment), jwt.getPrincipalClaimName(), publicKey(jwt));
    }
    access.issuers().forEach(issuer -> builder.add(issuer, null, null));
    Issuers issuers = builder.build();
    refuseGrantsOfNobody(access.grants(), issuers);
    return issuers;
  }

  // These settings cannot restrict the subjects.
  private static void refuseShared(String uri) {
    if (AccessProperties.SHARED.contains(uri)) {
      throw new PropertyException(
          ISSUER_URI,
          "is an issuer from which everybody can get tokens: list it in rekey.access.issuers, with"
              + " the subjects of your organization");
    }
  }

  private static IssuerProperties ofSpring(
      String uri,
      OAuth2ResourceServerProperties.Jwt jwt,
      AccessProperties access,
      Environment environment) {
    if (jwt.getAudiences().isEmpty()) {
      throw new PropertyException(
          JWT + "audiences", "is required: the audience that means Rekey in access tokens");
    }
    IssuerProperties defaults = IssuerProperties.of(uri, jwt.getAudiences());
    String scopes = jwt.getAuthoritiesClaimName();
    return new IssuerProperties(
        defaults.name(),
        defaults.issuerUri(),
        jwt.getJwkSetUri(),
        defaults.audiences(),
        algorithms(environment),
        defaults.subjects(),
        defaults.teamClaims(),
        defaults.teams(),
        scopes == null ? defaults.scopeClaims() : List.of(scopes),
        defaults.scopes(),
        defaults.clientIdClaims(),
        access.personClaim());
  }

  // Spring Boot's own default would exclude all but RS256.
  private static List<String> algorithms(Environment environment) {
    return Binder.get(environment)
        .bind(JWT + "jws-algorithms", Bindable.listOf(String.class))
        .orElse(List.of());
  }

  private static @Nullable String publicKey(OAuth2ResourceServerProperties.Jwt jwt) {
    if (jwt.getPublicKeyLocation() == null || jwt.getJwkSetUri() != null) {
      return null;
    }
    try {
      return jwt.readPublicKey();
    } catch (IOException _) {
      throw new PropertyException(JWT + "public-key-location", "has to be a readable file");
    }
  }

  private static void refuseUnsupported(OAuth2ResourceServerProperties.Jwt jwt) {
    if (Stream.of(jwt.getAuthorityPrefix(), jwt.getAuthoritiesClaimDelimiter())
            .anyMatch(StringUtils::hasLength)
        || !(jwt.getAuthoritiesClaimExpressions() == null
            || jwt.getAuthoritiesClaimExpressions().isEmpty())) {
      throw new PropertyException(
          JWT + "authorities-claim-name",
          "is the only setting of authorities that Rekey supports: scopes are a list, or a text"
              + " with spaces");
    }
  }

  private static void refuseSecond(List<IssuerProperties> listed, String uri) {
    for (int i = 0; i < listed.size(); i++) {
      var property = "rekey.access.issuers[" + i + "].";
      if (listed.get(i).name().equals(Issuer.DEFAULT)) {
        throw new PropertyException(
            property + "name",
            "has to be another name than default, which is the issuer in " + ISSUER_URI);
      }
      if (listed.get(i).issuerUri().equals(uri)) {
        throw new PropertyException(property + "issuer-uri", "has to differ from " + ISSUER_URI);
      }
    }
  }

  private static void refuseGrantsOfNobody(List<AccessProperties.Grant> grants, Issuers issuers) {
    for (int i = 0; i < grants.size(); i++) {
      if (!issuers.names().contains(grants.get(i).issuer())) {
        throw new PropertyException(
            "rekey.access.grants[" + i + "].issuer",
            "is required, because no issuer has the name default");
      }
    }
  }
}
