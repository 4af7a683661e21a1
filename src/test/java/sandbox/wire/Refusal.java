package sandbox.wire;

/** The upstream rejects the call and changes nothing. */
public final class Refusal extends RuntimeException {
  private final transient Answer answer;

  public Refusal(Answer answer) {
    super("refused with status " + answer.status(), null, false, false);
    this.answer = answer;
  }

  public Answer answer() {
    return answer;
  }
}
