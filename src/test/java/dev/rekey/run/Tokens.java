package dev.rekey.run;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import sandbox.Sandbox;

/** Gets access tokens for the sandbox's clients, and caches them. */
public final class Tokens {

  private static final Map<String, String> CACHE = new ConcurrentHashMap<>();

  private Tokens() {}

  public static String of(Sandbox sandbox, String client) {
    return CACHE.computeIfAbsent(sandbox.port() + client, _ -> fetch(sandbox, client));
  }

  /** A token of one of the sandbox's clients with one scope only. */
  public static String withScope(Sandbox sandbox, String client, String scope) {
    return CACHE.computeIfAbsent(
        sandbox.port() + client + scope, _ -> fetch(sandbox, client, "&scope=" + scope));
  }

  private static String fetch(Sandbox sandbox, String client) {
    return fetch(sandbox, client, "");
  }

  private static String fetch(Sandbox sandbox, String client, String scope) {
    return fetch(sandbox, "/oauth2/token", client + ":" + client + "-secret", scope);
  }

  /** A new token for Keycard, for calls outside Rekey. */
  public static String ofKeycard(Sandbox sandbox) {
    return fetch(
        sandbox,
        "/keycard/service-account-token",
        Sandbox.KEYCARD_CLIENT_ID + ":" + Sandbox.KEYCARD_CLIENT_SECRET,
        "");
  }

  /** A new token for ConductorOne, for calls outside Rekey. */
  public static String ofConductorOne(Sandbox sandbox) {
    return Http.at(sandbox.url())
        .with("Content-Type", "application/x-www-form-urlencoded")
        .post(
            "/conductorone/auth/v1/token",
            "grant_type=client_credentials&client_id="
                + URLEncoder.encode(Sandbox.CONDUCTORONE_PLAIN_CLIENT_ID, StandardCharsets.UTF_8)
                + "&client_secret="
                + Sandbox.CONDUCTORONE_PLAIN_CLIENT_SECRET)
        .text("/access_token");
  }

  /** A new token of a client at a sandbox in another process. */
  static String at(URI sandbox, String client) {
    return fetch(sandbox, "/oauth2/token", client + ":" + client + "-secret", "");
  }

  private static String fetch(Sandbox sandbox, String path, String basic, String scope) {
    return fetch(sandbox.url(), path, basic, scope);
  }

  private static String fetch(URI sandbox, String path, String basic, String scope) {
    return Http.at(sandbox)
        .with("Content-Type", "application/x-www-form-urlencoded")
        .with(
            "Authorization",
            "Basic " + Base64.getEncoder().encodeToString(basic.getBytes(StandardCharsets.UTF_8)))
        .post(path, "grant_type=client_credentials" + scope)
        .text("/access_token");
  }
}
