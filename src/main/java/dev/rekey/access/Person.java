package dev.rekey.access;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A person who is logged in at the console, as the issuer's access token described them.
 *
 * @param id as in {@link Caller}
 * @param issuer the name of the issuer
 * @param clientId the client that the token names, or null
 * @param teams as in {@link Caller}
 * @param loggedInAt when the person entered their password, or whatever the issuer asks for; null
 *     if the issuer does not say
 * @param endsAt when the login ends
 */
public record Person(
    String id,
    String issuer,
    @Nullable String clientId,
    List<String> teams,
    Set<String> scopes,
    @Nullable Instant loggedInAt,
    Instant endsAt) {}
