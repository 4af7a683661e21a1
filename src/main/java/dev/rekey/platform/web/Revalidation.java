package dev.rekey.platform.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.rekey.platform.RequestPath;
import dev.rekey.platform.crypto.Sha256;
import dev.rekey.platform.web.Revalidated.ContentVersion;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.info.BuildProperties;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.http.server.ServletServerHttpResponse;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.util.RawValue;

/**
 * Responds to requests of {@link Revalidated} routes with an {@link EntityTag}, or with 304. Before
 * the controller runs, it compares the version, and the body that this version is known to have;
 * afterwards, the body.
 */
@ControllerAdvice
class Revalidation implements HandlerInterceptor, ResponseBodyAdvice<Object>, WebMvcConfigurer {

  private static final String VERSION = Revalidation.class.getName() + ".version";
  private static final int HASH_BYTES = 15;
  private static final int KNOWN_BODIES = 10_000;
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  /** Format and compression, also on a 304 (RFC 9110, 15.4.5). */
  private static final String VARY = HttpHeaders.ACCEPT + ", " + HttpHeaders.ACCEPT_ENCODING;

  /** A client asks each time, and no shared cache keeps a response that depends on the caller. */
  private static final String PRIVATE = "no-cache, private";

  private final ObjectProvider<ContentVersion> versions;
  private final JsonMapper json;
  private final String build;

  /** The hashes of the bodies that this replica has made last, by the hashes of their versions. */
  private final Cache<String, String> bodies =
      Caffeine.newBuilder().maximumSize(KNOWN_BODIES).build();

  Revalidation(
      ObjectProvider<ContentVersion> versions,
      JsonMapper json,
      ObjectProvider<BuildProperties> build) {
    this.versions = versions;
    this.json = json;
    // Another build may write the same data in another form.
    this.build =
        build.stream().map(of -> of.getVersion() + " " + of.getTime()).findFirst().orElse("");
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    // After the check of the parameters.
    registry.addInterceptor(this).order(1);
  }

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    Revalidated route =
        handler instanceof HandlerMethod method
            ? method.getMethodAnnotation(Revalidated.class)
            : null;
    if (route == null) {
      return true;
    }
    response.addHeader(HttpHeaders.VARY, VARY);
    String version = version(route, request);
    request.setAttribute(VERSION, version);
    String body = bodies.getIfPresent(version);
    Optional<EntityTag> same =
        version.isEmpty()
            ? Optional.empty()
            : tags(request).stream()
                .filter(tag -> tag.isOfVersion(version) || tag.body().equals(body))
                .findFirst();
    same.ifPresent(
        tag -> {
          response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
          response.setHeader(HttpHeaders.ETAG, tag.toString());
          response.setHeader(HttpHeaders.CACHE_CONTROL, PRIVATE);
        });
    return same.isEmpty();
  }

  @Override
  public boolean supports(
      MethodParameter returned, Class<? extends HttpMessageConverter<?>> converter) {
    return returned.hasMethodAnnotation(Revalidated.class);
  }

  @Override
  public @Nullable Object beforeBodyWrite(
      @Nullable Object body,
      MethodParameter returned,
      MediaType type,
      Class<? extends HttpMessageConverter<?>> converter,
      ServerHttpRequest request,
      ServerHttpResponse response) {
    HttpServletRequest sent = ((ServletServerHttpRequest) request).getServletRequest();
    HttpServletResponse sending = ((ServletServerHttpResponse) response).getServletResponse();
    if (body == null || sending.getStatus() != HttpServletResponse.SC_OK) {
      return body;
    }
    byte[] written = json.writeValueAsBytes(body);
    var tag = new EntityTag(hash(type, written), Objects.toString(sent.getAttribute(VERSION), ""));
    if (!tag.version().isEmpty()) {
      bodies.put(tag.version(), tag.body());
    }
    Optional<EntityTag> same =
        isAny(sent)
            ? Optional.of(tag)
            : tags(sent).stream().filter(known -> known.isOfBody(tag.body())).findFirst();
    response.getHeaders().setETag(same.orElse(tag).toString());
    response.getHeaders().set(HttpHeaders.CACHE_CONTROL, PRIVATE);
    if (same.isEmpty()) {
      // JSON is written only once.
      return isJson(type) ? new RawValue(new String(written, UTF_8)) : body;
    }
    response.setStatusCode(HttpStatus.NOT_MODIFIED);
    return null;
  }

  private static boolean isAny(HttpServletRequest request) {
    return "*".equals(request.getHeader(HttpHeaders.IF_NONE_MATCH));
  }

  private static List<EntityTag> tags(HttpServletRequest request) {
    return EntityTag.parse(request.getHeaders(HttpHeaders.IF_NONE_MATCH));
  }

  private String hash(MediaType type, byte[] written) {
    MessageDigest digest = Sha256.digest();
    digest.update(type.toString().getBytes(UTF_8));
    if (!isJson(type)) {
      // The hash is that of the JSON from which this build makes the body.
      digest.update(build.getBytes(UTF_8));
    }
    digest.update(written);
    return text(digest);
  }

  private static boolean isJson(MediaType type) {
    return type.isCompatibleWith(MediaType.APPLICATION_JSON);
  }

  /** A hash of everything that the response depends on; empty if that is not known. */
  private String version(Revalidated route, HttpServletRequest request) {
    return Arrays.stream(route.by())
        .findFirst()
        .flatMap(by -> versions.stream().filter(by::isInstance).findFirst())
        // The exact version costs a query, and only a request with a tag is compared with it.
        .flatMap(
            version ->
                request.getHeader(HttpHeaders.IF_NONE_MATCH) == null
                    ? version.ofThisSecond(request)
                    : version.of(request))
        .map(state -> version(state, request))
        .orElse("");
  }

  private String version(String state, HttpServletRequest request) {
    MessageDigest digest = Sha256.digest();
    Stream.of(
            build,
            state,
            RequestPath.of(request).toString(),
            Objects.toString(request.getQueryString(), ""),
            String.join(",", Collections.list(request.getHeaders(HttpHeaders.ACCEPT))))
        .forEach(
            part -> {
              digest.update(part.getBytes(UTF_8));
              digest.update((byte) 0);
            });
    return text(digest);
  }

  private static String text(MessageDigest digest) {
    return BASE64.encodeToString(Arrays.copyOf(digest.digest(), HASH_BYTES));
  }
}
