package dev.rekey.platform;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.method.HandlerMethod;

/**
 * One route as its controller declares it.
 *
 * @param path the template, such as {@code /api/v1/rotations/{id}}
 * @param choosesMediaType whether an Accept header can rule its answer out
 */
record ApiRoute(String method, String path, boolean choosesMediaType, HandlerMethod handler) {

  /** Every problem that it may answer with, by its signature or by {@link Answers}. */
  Set<ProblemType> problems() {
    Set<ProblemType> problems =
        EnumSet.of(
            ProblemType.MALFORMED_URL,
            ProblemType.UNKNOWN_PARAMETER,
            ProblemType.UNAUTHENTICATED,
            ProblemType.ISSUER_UNAVAILABLE,
            ProblemType.INSUFFICIENT_SCOPE,
            ProblemType.METHOD_NOT_ALLOWED,
            ProblemType.INTERNAL_ERROR);
    if (choosesMediaType) {
      problems.add(ProblemType.NOT_ACCEPTABLE);
    }
    if (has(parameter -> parameter.hasParameterAnnotation(RequestBody.class))) {
      problems.add(ProblemType.INVALID_REQUEST);
      problems.add(ProblemType.BODY_TOO_LARGE);
      problems.add(ProblemType.UNSUPPORTED_MEDIA_TYPE);
    }
    if (has(parameter -> parameter.getParameterType() == PathId.class)) {
      problems.add(ProblemType.INVALID_ID);
    }
    if (has(
        parameter -> parameter.hasParameterAnnotation(RequestParam.class) || isUuid(parameter))) {
      problems.add(ProblemType.INVALID_PARAMETER);
    }
    if (isPaged()) {
      problems.add(ProblemType.INVALID_CURSOR);
    }
    answers()
        .flatMap(answers -> Arrays.stream(answers.getEnumArray("value", ProblemType.class)))
        .forEach(problems::add);
    return problems;
  }

  /** The statuses under which it may pass on an upstream's refusal. */
  Set<Integer> refusedAs() {
    var statuses = new TreeSet<Integer>();
    answers()
        .filter(
            answers ->
                Arrays.asList(answers.getEnumArray("value", ProblemType.class))
                    .contains(ProblemType.UPSTREAM_REFUSED))
        .flatMapToInt(answers -> Arrays.stream(answers.getIntArray("refusedAs")))
        .forEach(statuses::add);
    return statuses;
  }

  /** Whether it answers one page of a {@link Slice}d list. */
  boolean isPaged() {
    return answer().toClass() == Slice.class;
  }

  /** What it answers; {@code void} if nothing. */
  ResolvableType answer() {
    ResolvableType answer = ResolvableType.forMethodReturnType(handler.getMethod());
    while (answer.toClass() == DeferredResult.class || answer.toClass() == ResponseEntity.class) {
      answer = answer.getGeneric(0);
    }
    return answer;
  }

  private Stream<MergedAnnotation<Answers>> answers() {
    return Stream.of(handler.getMethod(), handler.getBeanType())
        .flatMap(element -> MergedAnnotations.from(element).stream(Answers.class));
  }

  private boolean has(Predicate<MethodParameter> trait) {
    return Arrays.stream(handler.getMethodParameters()).anyMatch(trait);
  }

  private static boolean isUuid(MethodParameter parameter) {
    return parameter.hasParameterAnnotation(PathVariable.class)
        && parameter.getParameterType() == UUID.class;
  }
}
