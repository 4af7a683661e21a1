package dev.rekey.platform.problem;

import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

/**
 * One thing that went wrong, as a caller is told of it (RFC 9457). Immutable.
 *
 * @param detail says what the caller can do; names fields and subjects, but repeats no other value
 *     that the caller sent
 * @param members further members of the body, such as {@code rotationId}
 * @param headers further headers of the answer
 */
public record Problem(
    ProblemType type,
    HttpStatus status,
    String detail,
    Map<String, Object> members,
    HttpHeaders headers) {

  static Problem of(ProblemType type, String detail) {
    return new Problem(type, type.status(), detail, Map.of(), new HttpHeaders());
  }

  public Problem status(HttpStatus other) {
    return new Problem(type, other, detail, members, headers);
  }

  Problem detail(String other) {
    return new Problem(type, status, other, members, headers);
  }

  public Problem member(String name, Object value) {
    var more = new LinkedHashMap<>(members);
    more.put(name, value);
    return new Problem(type, status, detail, more, headers);
  }

  public Problem header(String name, String value) {
    var more = new HttpHeaders();
    more.putAll(headers);
    more.set(name, value);
    return new Problem(type, status, detail, members, more);
  }

  /** To be thrown; ends up as this problem, whoever throws it. */
  public ProblemException exception() {
    return new ProblemException(this);
  }
}
