# Rekey; with --target sandbox, the sandbox of both upstreams. See docs/image.md. BuildKit is optional.

# Values of the labels; docs/image.md shows those of a release. Each image sets them in its last layer, so
# that a new revision rebuilds no other layer.
ARG VERSION=0.1.0-SNAPSHOT
ARG REVISION=unknown
ARG CREATED=unknown
ARG SOURCE=unknown

FROM maven:3-eclipse-temurin-25 AS dependencies
WORKDIR /build
COPY pom.xml .
# Builds a program of one class to download all dependencies. This layer changes only with pom.xml.
RUN mkdir -p src/main/java/dev/rekey \
    && echo 'package dev.rekey; final class Placeholder { public static void main(String[] args) {} }' \
        > src/main/java/dev/rekey/Placeholder.java \
    && mvn -B -ntp -q -Dmaven.repo.local=/m2 -P '!format' -Dmaven.test.skip package \
    && rm -r src target

FROM dependencies AS build
COPY src/main src/main
RUN mvn -B -ntp -q -Dmaven.repo.local=/m2 -P '!format' -Dmaven.test.skip package \
    && mv target/rekey-*.jar rekey.jar
RUN ["java", "-Djarmode=tools", "-jar", "rekey.jar", "extract", "--layers", "--destination", "layers"]

# Omits the launcher's layer, which only nested jars need.
FROM eclipse-temurin:25-jre AS runtime
WORKDIR /opt/rekey
COPY --from=build /build/layers/dependencies/ ./
COPY --from=build /build/layers/snapshot-dependencies/ ./
COPY src/main/docker/jvm.options ./
USER 10001:10001

FROM dependencies AS sandbox-dependencies
RUN mvn -B -ntp -q -Dmaven.repo.local=/m2 dependency:copy-dependencies \
    -DincludeArtifactIds=spring-security-oauth2-authorization-server,standardwebhooks \
    -DoutputDirectory=sandbox

FROM sandbox-dependencies AS sandbox-build
COPY --from=build /build/layers/dependencies/lib lib
COPY src/main/java/dev/rekey/HealthCheck.java src/main/java/dev/rekey/HealthCheck.java
COPY src/test/java/sandbox src/test/java/sandbox
RUN find src -name '*.java' ! -name '*Test.java' > sources \
    && javac -proc:none -parameters -d classes -cp 'lib/*:sandbox/*' @sources

FROM runtime AS sandbox
COPY --from=sandbox-build /build/sandbox /opt/sandbox/lib
COPY --from=sandbox-build /build/classes /opt/sandbox/classes
EXPOSE 9090
HEALTHCHECK --interval=3s --timeout=5s --start-period=30s \
    CMD ["java", "-XX:TieredStopAtLevel=1", "-cp", "/opt/sandbox/classes", "dev.rekey.HealthCheck", "http://localhost:9090/oauth2/jwks"]
ENTRYPOINT ["java", "@/opt/rekey/jvm.options", "-cp", "/opt/sandbox/classes:/opt/sandbox/lib/*:/opt/rekey/lib/*", "sandbox.Sandbox"]
ARG VERSION
ARG REVISION
ARG CREATED
ARG SOURCE
LABEL org.opencontainers.image.title="Rekey's sandbox" \
      org.opencontainers.image.description="Simulates both upstreams of Rekey and a token issuer, for trials." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.created="$CREATED" \
      org.opencontainers.image.source="$SOURCE" \
      org.opencontainers.image.base.name="docker.io/library/eclipse-temurin:25-jre"

FROM runtime AS application
COPY --from=build /build/layers/application/ ./

# Trains in the layers that Rekey runs from, because the cache checks the jars' timestamps.
FROM application AS training
COPY src/main/docker/training.yaml /tmp/
RUN ["java", "-XX:AOTCacheOutput=/tmp/rekey.aot", "-Dspring.context.exit=onRefresh", "@/opt/rekey/jvm.options", "-jar", "/opt/rekey/rekey.jar", "--spring.config.additional-location=file:/tmp/training.yaml"]

FROM application AS rekey
COPY --from=training --chown=0:0 /tmp/rekey.aot ./
EXPOSE 8080 8081
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
    CMD ["java", "-XX:TieredStopAtLevel=1", "-cp", "/opt/rekey/rekey.jar", "dev.rekey.HealthCheck"]
ENTRYPOINT ["java", "-XX:AOTCache=/opt/rekey/rekey.aot", "@/opt/rekey/jvm.options", "-jar", "/opt/rekey/rekey.jar"]
ARG VERSION
ARG REVISION
ARG CREATED
ARG SOURCE
LABEL org.opencontainers.image.title="Rekey" \
      org.opencontainers.image.description="Rotates and manages the credentials that teams hold at upstream systems." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.created="$CREATED" \
      org.opencontainers.image.source="$SOURCE" \
      org.opencontainers.image.base.name="docker.io/library/eclipse-temurin:25-jre"
