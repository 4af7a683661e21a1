package sandbox.kubernetes;

/** Identifies an object. */
record ObjectKey(ResourceType type, String namespace, String name) {}
