package sandbox.kubernetes;

import sandbox.wire.Call;
import sandbox.wire.Parameters;

/** The query of a change. */
record Options(boolean dryRun) {
  private static final String ALL = "All";
  private static final int LONGEST_MANAGER = 128;

  /** Reads the query, or throws a refusal. */
  static Options read(Call call, String kind) {
    Parameters query = query(call);
    if (query.names().contains("dryRun") && !query.all("dryRun").stream().allMatch(ALL::equals)) {
      throw Failures.invalidOptions(
          kind,
          "dryRun: Unsupported value: \"%s\": supported values: \"All\""
              .formatted(query.first("dryRun").orElse("")));
    }
    if (query.names().contains("force")) {
      throw Failures.invalidOptions(
          kind, "force: Forbidden: may not be specified for non-apply patch");
    }
    if (query.first("fieldManager").orElse("").length() > LONGEST_MANAGER) {
      throw Failures.invalidOptions(
          kind, "fieldManager: Too long: may not be more than %d bytes".formatted(LONGEST_MANAGER));
    }
    return new Options(isDryRun(query));
  }

  static boolean isDryRun(Parameters query) {
    return query.all("dryRun").contains(ALL);
  }

  private static Parameters query(Call call) {
    try {
      return call.query();
    } catch (IllegalArgumentException _) {
      throw Failures.badRequest("the query is not percent-encoded");
    }
  }
}
