package dev.rekey.upstream.http;

import dev.rekey.platform.Deadline;
import java.util.concurrent.atomic.AtomicReference;
import reactor.netty.http.client.HttpClientRequest;
import reactor.util.context.Context;

/**
 * Whether a call came as far as handing its request to a connection. It travels in the call's
 * Reactor context; Netty sets it, past name resolution, connecting and the TLS handshake. Sending
 * and giving up exclude each other, so that what was told not to be sent never is.
 */
final class SendGuard {

  private enum State {
    OPEN,
    SENT,
    GIVEN_UP
  }

  private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);
  private final Deadline deadline;

  /**
   * @param deadline nothing is sent after it, also if this whole process was asleep meanwhile
   */
  SendGuard(Deadline deadline) {
    this.deadline = deadline;
  }

  /** The call's context, with this mark in it. */
  Context in(Context context) {
    return context.put(SendGuard.class, this);
  }

  /** To be called by Netty just before it writes a request; throws if it must not any more. */
  static void set(HttpClientRequest request) {
    request.currentContextView().<SendGuard>get(SendGuard.class).set();
  }

  private void set() {
    if (deadline.hasPassed()) {
      giveUp();
      throw new IllegalStateException("its time was over before it could be sent");
    }
    if (state.compareAndExchange(State.OPEN, State.SENT) == State.GIVEN_UP) {
      throw new IllegalStateException("the caller has been told that nothing was sent");
    }
  }

  /** Ends the call: from now on nothing is sent. Says whether something was. */
  boolean giveUp() {
    return state.compareAndExchange(State.OPEN, State.GIVEN_UP) == State.SENT;
  }
}
