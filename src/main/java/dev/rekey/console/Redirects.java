package dev.rekey.console;

import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.servlet.view.RedirectView;

/** The responses to actions, so that a reload of the page does not repeat them. */
final class Redirects {

  private Redirects() {}

  /**
   * A 303 to a page of the console, which says once what was done.
   *
   * @param path the path of the page, without the prefix of a proxy
   * @param sentence what was done
   */
  static RedirectView done(String path, String sentence, RedirectAttributes next) {
    next.addFlashAttribute("done", sentence);
    var view = new RedirectView(path, true, false, false);
    view.setExpandUriTemplateVariables(false);
    return view;
  }
}
