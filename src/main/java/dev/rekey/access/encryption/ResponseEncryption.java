package dev.rekey.access.encryption;

import dev.rekey.access.Access;
import dev.rekey.platform.problem.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.http.server.ServletServerHttpResponse;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.util.RawValue;

/**
 * Encrypts the response to a mint for the key that the request names. The key is looked up before
 * anything is minted.
 */
@ControllerAdvice
class ResponseEncryption implements Access.MintCheck, ResponseBodyAdvice<Object> {

  /** The request header with the id of the key. */
  static final String HEADER = "Rekey-Encrypt-To";

  /** The media type of a compact JWE (RFC 7515, 9.2.1). */
  static final MediaType JOSE = new MediaType("application", "jose");

  private static final String RECIPIENT = ResponseEncryption.class.getName();

  private final RegisteredKeys keys;
  private final JsonMapper json;

  ResponseEncryption(RegisteredKeys keys, JsonMapper json) {
    this.keys = keys;
    this.json = json;
  }

  @Override
  public void check(String team, boolean returnsSecret) {
    if (RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes current) {
      HttpServletRequest request = current.getRequest();
      recipient(request, team, returnsSecret)
          .ifPresent(found -> request.setAttribute(RECIPIENT, found));
    }
  }

  private Optional<Recipient> recipient(
      HttpServletRequest request, String team, boolean returnsSecret) {
    List<String> sent = Collections.list(request.getHeaders(HEADER));
    Optional<TeamKeys> registered = keys.of(team);
    if (sent.isEmpty()) {
      if (returnsSecret && registered.filter(TeamKeys::isRequired).isPresent()) {
        throw ProblemType.ENCRYPTION_REQUIRED.with(
            "The team "
                + team
                + " gets secrets only encrypted. Send the kid of one of its keys in "
                + HEADER
                + ", or send Rekey-Deliver: only. Nothing was minted.");
      }
      return Optional.empty();
    }
    if (sent.size() > 1) {
      throw TeamKeys.unknown("There are several headers " + HEADER + ".");
    }
    return Optional.of(
        registered
            .orElseThrow(() -> TeamKeys.unknown("The team " + team + " has registered no keys."))
            .find(sent.getFirst()));
  }

  @Override
  public boolean supports(
      MethodParameter returned, Class<? extends HttpMessageConverter<?>> converter) {
    return true;
  }

  @Override
  public @Nullable Object beforeBodyWrite(
      @Nullable Object body,
      MethodParameter returned,
      MediaType type,
      Class<? extends HttpMessageConverter<?>> converter,
      ServerHttpRequest request,
      ServerHttpResponse response) {
    int status = ((ServletServerHttpResponse) response).getServletResponse().getStatus();
    if (body == null
        || status >= HttpStatus.MULTIPLE_CHOICES.value()
        || !(((ServletServerHttpRequest) request).getServletRequest().getAttribute(RECIPIENT)
            instanceof Recipient recipient)) {
      return body;
    }
    response.getHeaders().setContentType(JOSE);
    return new RawValue(recipient.encrypt(json.writeValueAsBytes(body)));
  }
}
