package sandbox.control;

/** An invalid control request. Its message is returned to the caller. */
final class BadOrder extends RuntimeException {
  BadOrder(String message) {
    super(message);
  }
}
