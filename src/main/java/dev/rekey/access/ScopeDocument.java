package dev.rekey.access;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.http.HttpMethod;
import org.springframework.stereotype.Component;

/** Says in the description of the API which scope each operation needs. */
@Component
class ScopeDocument implements OpenApiCustomizer {

  private static final String SCHEME = "bearer";

  @Override
  public void customise(OpenAPI document) {
    document
        .getPaths()
        .forEach(
            (path, item) ->
                item.readOperationsMap()
                    .forEach(
                        (method, operation) ->
                            RouteScope.of(HttpMethod.valueOf(method.name()), path)
                                .ifPresent(
                                    scope ->
                                        operation.addSecurityItem(
                                            new SecurityRequirement().addList(SCHEME, scope)))));
  }
}
