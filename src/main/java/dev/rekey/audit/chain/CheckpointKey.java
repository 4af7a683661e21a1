package dev.rekey.audit.chain;

/** The key that checkpoints are signed with from now on; another may take its place. */
final class CheckpointKey {

  private volatile SigningKey key;

  CheckpointKey(SigningKey key) {
    this.key = key;
  }

  SigningKey get() {
    return key;
  }

  void become(SigningKey other) {
    key = other;
  }
}
