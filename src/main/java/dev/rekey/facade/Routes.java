package dev.rekey.facade;

import dev.rekey.platform.RequestPath;
import dev.rekey.platform.problem.Problems.RouteTraits;
import dev.rekey.rotation.MintsCredential;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.server.PathContainer;
import org.springframework.stereotype.Component;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.util.pattern.PathPattern;

/** The facade's paths, and what Rekey's errors need to know about a route. */
@Component
class Routes implements RouteTraits {

  static final String APPS = "/api/v1/apps/";
  static final String ROTATE = APPS + "connectors/credentials";
  static final String CONNECTOR_CREDENTIALS = APPS + "{appId}/connectors/{connectorId}/credentials";
  static final String ORGANIZATIONS = "/organizations/";
  static final String ACCOUNT_CREDENTIALS =
      ORGANIZATIONS + "{organization_id}/service-accounts/{service_account_id}/credentials";

  // Errors may have a path that cannot be decoded.
  private static final PathContainer.Options UNDECODED = PathContainer.Options.create('/', false);

  private final SingletonSupplier<List<PathPattern>> minting;

  Routes(
      @Qualifier("requestMappingHandlerMapping")
          ObjectProvider<RequestMappingHandlerMapping> mappings) {
    // Lazy, because the mappings depend on beans that report errors.
    this.minting = SingletonSupplier.of(() -> minting(mappings.getObject()));
  }

  @Override
  public boolean mints(String method, RequestPath path) {
    // Decoded, an encoded slash makes another path, and the client would repeat all the same.
    return method.equals("POST")
        && Stream.of(path.sent(), path.decoded())
            .map(each -> PathContainer.parsePath(each, UNDECODED))
            .anyMatch(each -> minting.obtain().stream().anyMatch(pattern -> pattern.matches(each)));
  }

  /** The patterns of all annotated methods. All of them take POST. */
  private static List<PathPattern> minting(RequestMappingHandlerMapping mappings) {
    return mappings.getHandlerMethods().entrySet().stream()
        .filter(entry -> entry.getValue().hasMethodAnnotation(MintsCredential.class))
        .map(entry -> entry.getKey().getPathPatternsCondition())
        .filter(Objects::nonNull)
        .flatMap(condition -> condition.getPatterns().stream())
        .toList();
  }

  @Override
  public boolean isOfOfficialClients(RequestPath path) {
    return path.decoded().startsWith(APPS) || path.decoded().startsWith(ORGANIZATIONS);
  }

  @Override
  public boolean hasGrpcCodes(RequestPath path) {
    return path.decoded().startsWith(APPS);
  }
}
