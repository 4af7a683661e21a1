package dev.rekey.audit.chain;

/** The key that signs checkpoints; replaceable at runtime. Thread-safe. */
final class CheckpointKey {

  private volatile SigningKey key;

  CheckpointKey(SigningKey key) {
    this.key = key;
  }

  SigningKey get() {
    return key;
  }

  void replaceWith(SigningKey other) {
    key = other;
  }
}
