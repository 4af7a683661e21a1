package dev.rekey.access;

import dev.rekey.platform.RequestInfo;
import dev.rekey.upstream.Subject;
import java.util.List;
import java.util.Set;

/** Makes permits for tests that run without {@link Access}. */
public final class Permits {

  private Permits() {}

  /** A permit of the team {@code payments}. */
  public static Permit.Write write(String caller, Subject subject) {
    var request = new RequestInfo("request", null, "127.0.0.1", null);
    return new Permit.Write(
        new Caller(
            caller,
            "default",
            Caller.Kind.PROGRAM,
            null,
            List.of("payments"),
            Set.of(),
            request,
            "POST /"),
        subject,
        "payments");
  }
}
