package dev.rekey.access;

import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AbstractAuthenticationToken;

/** The authentication of a request of the console. Has no token. */
public final class PersonAuthentication extends AbstractAuthenticationToken {

  private static final long serialVersionUID = 1;

  // A session keeps the person in another form.
  private final transient Person person;

  public PersonAuthentication(Person person) {
    super(RouteScope.authorities(person.scopes()));
    this.person = person;
    setAuthenticated(true);
  }

  public Person person() {
    return person;
  }

  @Override
  public Person getPrincipal() {
    return person;
  }

  @Override
  public @Nullable Object getCredentials() {
    return null;
  }

  @Override
  public String getName() {
    return person.id();
  }
}
