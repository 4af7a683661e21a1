package dev.rekey.platform;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.SpecVersion;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.info.License;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.swagger.v3.oas.models.servers.Server;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the description of the API says of the API as a whole. */
@Configuration(proxyBeanMethods = false)
class ApiConfiguration {

  private static final String DESCRIPTION =
      """
      Rotates and manages the credentials that teams hold at upstream systems, and tells what \
      became of them. The routes of ConductorOne and Keycard keep those upstreams' paths, casing \
      and bodies, so that their official clients work with Rekey's base URL; what Rekey adds is in \
      headers.

      Every request needs an access token in `Authorization: Bearer`; the security of each \
      operation names the scope that the token needs, and a team's grants say for which subjects. \
      Every answer carries `X-Request-Id`: the caller's own if it sent a sane one (1 to 128 of \
      `A-Za-z0-9._:+/=-`), else a new one. Times are UTC. Bodies may have 64 KiB. Query parameters \
      and fields that are not described here are refused. Errors are `application/problem+json`; \
      docs/problems.md lists them all.""";

  @Bean
  OpenAPI openApi() {
    return new OpenAPI(SpecVersion.V31)
        .info(
            new Info()
                .title("Rekey")
                .version("1")
                .description(DESCRIPTION)
                .license(new License().name("Apache-2.0").identifier("Apache-2.0")))
        .servers(List.of(new Server().url("/").description("The host of this document.")))
        .components(
            new Components()
                .addSecuritySchemes(
                    "bearer",
                    new SecurityScheme()
                        .type(SecurityScheme.Type.HTTP)
                        .scheme("bearer")
                        .bearerFormat("JWT")
                        .description(
                            "A JWT of the configured issuer with Rekey's audience. Scopes:"
                                + " credentials:read, credentials:write, audit:read, admin.")));
  }
}
