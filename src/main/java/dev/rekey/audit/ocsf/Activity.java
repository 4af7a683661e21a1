package dev.rekey.audit.ocsf;

/** The activities of the class API Activity. {@code Unknown} (0) is left out: Rekey knows them. */
enum Activity {
  CREATE(1, "Create"),
  READ(2, "Read"),
  UPDATE(3, "Update"),
  DELETE(4, "Delete"),
  /** The event names its activity itself. */
  OTHER(99, "Other");

  private final int id;
  private final String caption;

  Activity(int id, String caption) {
    this.id = id;
    this.caption = caption;
  }

  int id() {
    return id;
  }

  String caption() {
    return caption;
  }
}
