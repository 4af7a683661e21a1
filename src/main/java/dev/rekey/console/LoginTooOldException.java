package dev.rekey.console;

/** An action needs a login that is fresher than the person's. Nothing was done. */
final class LoginTooOldException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final boolean isUnknown;
  private final String page;

  /**
   * @param isUnknown whether the issuer does not say when the person logged in
   * @param page the path of the page with the action's form
   */
  LoginTooOldException(boolean isUnknown, String page) {
    super("the login is too old", null, false, false);
    this.isUnknown = isUnknown;
    this.page = page;
  }

  boolean isUnknown() {
    return isUnknown;
  }

  String page() {
    return page;
  }
}
