package dev.rekey.console;

import dev.rekey.platform.problem.ProblemException;
import dev.rekey.platform.problem.ProblemType;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestMapping;

/** Takes the requests that no page takes, so that their problem is a page, too. */
@Controller
@ConditionalOnBooleanProperty("rekey.console.enabled")
class UnknownPage {

  /** {@link RequestChecks} refuses the request before, whatever its parameters are. */
  @RequestMapping({"/console/", "/console/{section:(?!assets$).*}/**"})
  void refuse() {
    throw problem();
  }

  static ProblemException problem() {
    return ProblemType.NOT_FOUND.with("The console has no such page. The menu has all pages.");
  }
}
