package dev.rekey.platform.problem;

/** The codes of google.rpc.Status, which ConductorOne's clients expect. */
enum GrpcCode {
  UNKNOWN(2),
  INVALID_ARGUMENT(3),
  DEADLINE_EXCEEDED(4),
  NOT_FOUND(5),
  ALREADY_EXISTS(6),
  PERMISSION_DENIED(7),
  RESOURCE_EXHAUSTED(8),
  FAILED_PRECONDITION(9),
  ABORTED(10),
  UNIMPLEMENTED(12),
  INTERNAL(13),
  UNAVAILABLE(14),
  UNAUTHENTICATED(16);

  private final int number;

  GrpcCode(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }

  /** The code of a problem. That of an upstream's refusal depends on the status. */
  static GrpcCode of(ProblemException problem) {
    if (problem.type() != ProblemType.UPSTREAM_REFUSED) {
      return problem.type().grpcCode();
    }
    return switch (problem.getStatusCode().value()) {
      case 400, 422 -> INVALID_ARGUMENT;
      case 404 -> NOT_FOUND;
      case 409 -> ALREADY_EXISTS;
      default -> FAILED_PRECONDITION;
    };
  }
}
