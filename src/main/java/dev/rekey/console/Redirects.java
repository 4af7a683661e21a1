package dev.rekey.console;

import org.springframework.web.servlet.view.RedirectView;

/** The responses to actions, so that a reload of the page does not repeat them. */
final class Redirects {

  private Redirects() {}

  /** A 303 to a page of the console, by its path without the prefix of a proxy. */
  static RedirectView to(String path) {
    var view = new RedirectView(path, true, false, false);
    view.setExpandUriTemplateVariables(false);
    return view;
  }
}
