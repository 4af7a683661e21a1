package dev.rekey.console.login;

import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;

/** The pages for people who are not logged in. */
@Controller
@ConditionalOnBooleanProperty("rekey.console.enabled")
class LoginPages {

  static final String FAILED = "/console/login/failed";
  static final String REFUSED = "/console/login/refused";
  static final String LOGGED_OUT = "/console/login/ended";

  @GetMapping(FAILED)
  String failed(@RequestParam(name = "reason", defaultValue = "") String reason, Model page) {
    page.addAttribute("title", "The login failed");
    page.addAttribute("text", LoginFailure.of(reason).text());
    return "console/login";
  }

  /** Shown for a request that was refused, whatever its method is. */
  @RequestMapping(REFUSED)
  @ResponseStatus(HttpStatus.FORBIDDEN)
  String refused(Model page) {
    page.addAttribute("title", "The form is out of date");
    page.addAttribute(
        "text",
        "You logged in or out since the form was shown. Nothing was done; open the page again.");
    return "console/login";
  }

  @GetMapping(LOGGED_OUT)
  String loggedOut(Model page) {
    page.addAttribute("title", "You are logged out");
    page.addAttribute("text", "Close the browser if other people use it, too.");
    return "console/login";
  }
}
