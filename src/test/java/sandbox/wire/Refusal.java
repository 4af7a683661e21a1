package sandbox.wire;

/** An upstream says no; nothing was changed. */
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
