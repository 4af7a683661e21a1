package sandbox.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;
import sandbox.wire.Call;
import sandbox.wire.ErrorShape;
import sandbox.wire.Json;
import sandbox.wire.Response;
import sandbox.wire.SandboxUrl;
import tools.jackson.databind.node.ObjectNode;

/** Applies faults to calls. */
@Component
public final class FaultInjector {
  private static final int HUGE = 11 * 1024 * 1024;

  private final Connections connections;
  private final Delays holds;
  private final SandboxUrl sandbox;

  FaultInjector(Connections connections, Delays holds, SandboxUrl sandbox) {
    this.connections = connections;
    this.holds = holds;
    this.sandbox = sandbox;
  }

  /** The work never throws: a refusal is a response, too. */
  public interface Work {
    Response done(Call call);
  }

  public ServerResponse commit(
      Fault fault, ServerRequest request, Call call, ErrorShape errors, Work work) {
    return switch (fault) {
      case Fault.Status status -> say(status, errors);
      case Fault.StatusAfter(int status) -> {
        work.done(call);
        yield say(new Fault.Status(status, null), errors);
      }
      case Fault.Echo(int status) -> echo(status, call, errors);
      case Fault.Delay(var by) -> holds.elapse(by) ? work.done(call).toResponse() : broken(request);
      case Fault.Hang _ -> {
        holds.untilReleased();
        yield broken(request);
      }
      case Fault.ResetBefore _ -> broken(request);
      case Fault.ResetAfter _ -> {
        work.done(call);
        yield broken(request);
      }
      case Fault.Late(var by) -> {
        holds.later(by, () -> work.done(call));
        yield broken(request);
      }
      case Fault.Stale(var by) -> work.done(call.asOf(Instant.now().minus(by))).toResponse();
      case Fault.Garbage _ -> unlessRefused(work.done(call), _ -> garbage());
      case Fault.NoSecret _ -> work.done(call).withoutSecret().toResponse();
      case Fault.Redirect _ -> redirect();
      case Fault.NoBackend _ -> noBackend();
      case Fault.Respond(int status, var body) -> respond(status, body);
      case Fault.Huge _ ->
          unlessRefused(work.done(call), answer -> answer.padded(HUGE).toResponse());
    };
  }

  private ServerResponse broken(ServerRequest request) {
    return connections.reset(request.servletRequest());
  }

  private static ServerResponse say(Fault.Status fault, ErrorShape errors) {
    Response answer = errors.error(fault.status(), "The sandbox was told to fail");
    return fault.retryAfter() == null
        ? answer.toResponse()
        : answer.withHeader("Retry-After", fault.retryAfter()).toResponse();
  }

  private static ServerResponse echo(int status, Call call, ErrorShape errors) {
    String quoted = call.json().map(ObjectNode::toString).orElse("nothing");
    return errors
        .error(
            status,
            "admission webhook \"policy.example.com\" denied the request: not allowed: " + quoted)
        .toResponse();
  }

  private static ServerResponse unlessRefused(
      Response answer, Function<Response, ServerResponse> spoil) {
    return answer.status() < 400 ? spoil.apply(answer) : answer.toResponse();
  }

  private static ServerResponse garbage() {
    return Response.json(200, Map.of(), "<<< this is not JSON >>>".getBytes(UTF_8));
  }

  private static ServerResponse noBackend() {
    return ServerResponse.status(404)
        .contentType(MediaType.TEXT_HTML)
        .body("<html><body><h1>404 Not Found</h1></body></html>");
  }

  private static ServerResponse respond(int status, ObjectNode body) {
    String text = new String(Json.write(body), UTF_8);
    return Response.json(
        status, Map.of(), text.replace(Fault.UNIQUE, UUID.randomUUID().toString()).getBytes(UTF_8));
  }

  private ServerResponse redirect() {
    return ServerResponse.status(302)
        .location(sandbox.url().resolve("/control/redirected"))
        .build();
  }
}
