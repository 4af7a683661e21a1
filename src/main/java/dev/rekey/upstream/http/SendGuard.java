package dev.rekey.upstream.http;

import dev.rekey.platform.Deadline;
import java.util.concurrent.atomic.AtomicReference;
import reactor.netty.http.client.HttpClientRequest;
import reactor.util.context.Context;

/**
 * Records whether a call's request was written to a connection. It travels in the call's Reactor
 * context. Sending and aborting exclude each other, so a call that was reported as not sent is
 * never sent later.
 */
final class SendGuard {

  private enum State {
    OPEN,
    SENT,
    ABORTED
  }

  private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);
  private final Deadline deadline;

  /** Sends nothing after the deadline, even if the process was suspended meanwhile. */
  SendGuard(Deadline deadline) {
    this.deadline = deadline;
  }

  Context addTo(Context context) {
    return context.put(SendGuard.class, this);
  }

  /**
   * Marks the request's call as sent, or throws if it may no longer be sent. Reactor Netty calls
   * this after name resolution, connecting and the TLS handshake, just before it writes.
   */
  static void markSent(HttpClientRequest request) {
    request.currentContextView().<SendGuard>get(SendGuard.class).markSent();
  }

  private void markSent() {
    if (deadline.hasPassed()) {
      abort();
      throw new IllegalStateException("the deadline passed before the request could be sent");
    }
    if (state.compareAndExchange(State.OPEN, State.SENT) == State.ABORTED) {
      throw new IllegalStateException("the call was already reported as not sent");
    }
  }

  /** Prevents sending from now on; true if the request was sent before. */
  boolean abort() {
    return state.compareAndExchange(State.OPEN, State.ABORTED) == State.SENT;
  }
}
