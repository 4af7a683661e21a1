package sandbox.wire;

/** The upstream rejects the call and changes nothing. */
public final class Refusal extends RuntimeException {
  private final transient Response answer;

  public Refusal(Response answer) {
    super("refused with status " + answer.status(), null, false, false);
    this.answer = answer;
  }

  public Response answer() {
    return answer;
  }
}
