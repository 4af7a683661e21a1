package dev.rekey.console.login;

import dev.rekey.access.Person;
import java.util.List;
import org.springframework.security.oauth2.core.oidc.OidcIdToken;
import org.springframework.security.oauth2.core.oidc.user.DefaultOidcUser;

/** Somebody who has just logged in. Spring Security passes it on to {@link PersonSessions}. */
final class PersonUser extends DefaultOidcUser {

  private static final long serialVersionUID = 1;

  private final transient Person person;

  PersonUser(Person person, OidcIdToken idToken) {
    super(List.of(), idToken);
    this.person = person;
  }

  Person person() {
    return person;
  }
}
