package dev.rekey.grafana;

/** A board uses something that Grafana does not have, or that this replay does not know. */
@SuppressWarnings("serial")
final class UnsupportedBoard extends RuntimeException {

  UnsupportedBoard(String message) {
    super(message);
  }
}
