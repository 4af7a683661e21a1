package sandbox.control;

/** An invalid control request. Its message is returned to the caller. */
final class InvalidControlRequest extends RuntimeException {
  InvalidControlRequest(String message) {
    super(message);
  }
}
