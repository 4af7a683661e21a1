package sandbox.control;

/** A control request that makes no sense; its message is shown to whoever sent it. */
final class BadOrder extends RuntimeException {
  BadOrder(String message) {
    super(message);
  }
}
