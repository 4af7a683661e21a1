package dev.rekey.access.issuer;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.Pattern;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * One trusted issuer of access tokens. A claim is named by its name, or by a path such as {@code
 * realm_access.roles}.
 *
 * @param name names the issuer in grants, the history, metrics and logs. The callers of {@code
 *     default} are recorded as their {@code sub}, those of another issuer as {@code name:sub}
 * @param issuerUri the {@code iss} of its tokens, exactly
 * @param jwkSetUri where its keys are; by default its metadata says so
 * @param audiences a token needs one of them in {@code aud}
 * @param algorithms the accepted algorithms; default every asymmetric one that its keys have
 * @param subjects the accepted values of {@code sub}; default all, which a shared issuer must not
 *     have
 * @param teamClaims the claims that name the caller's teams; default {@code
 *     rekey.access.team-claim}
 * @param teams teams of every caller of this issuer
 * @param scopeClaims the claims with scopes; default the usual two, scope and scp
 * @param scopes scopes of every token of this issuer
 * @param clientIdClaims the first that is present names the client; default {@code azp}, {@code
 *     cid}, {@code appid}, {@code client_id}
 * @param personClaim a claim that a token has only if a person got it, or {@code claim=value};
 *     null: every caller is a program
 */
public record IssuerProperties(
    @DefaultValue(Issuer.DEFAULT)
        @Pattern(
            regexp = "[a-z][a-z0-9-]{0,31}",
            message = "has to have 1 to 32 lower-case letters, digits and hyphens")
        String name,
    @NotBlank(message = "the issuer of access tokens, exactly as in their claim iss")
        @Pattern(regexp = "https?://[^\\s\"\\\\]+", message = "has to be the URL in the claim iss")
        String issuerUri,
    @Nullable
        @Pattern(regexp = "https?://[^\\s\"\\\\]+", message = "has to be the URL of a JWK set")
        String jwkSetUri,
    @DefaultValue @NotEmpty(message = "the audience that means Rekey in the issuer's tokens")
        List<@NotBlank String> audiences,
    @DefaultValue
        List<
                @Pattern(
                    regexp = "(RS|PS|ES)(256|384|512)|EdDSA|Ed25519|Ed448",
                    message =
                        "has to be an asymmetric algorithm: RS256, RS384, RS512, PS256, PS384,"
                            + " PS512, ES256, ES384, ES512, EdDSA, Ed25519 or Ed448")
                String>
            algorithms,
    @DefaultValue List<SubjectRule> subjects,
    @DefaultValue List<@NotBlank String> teamClaims,
    @DefaultValue List<@NotBlank String> teams,
    @DefaultValue({"scope", "scp"}) List<@NotBlank String> scopeClaims,
    @DefaultValue
        List<
                @Pattern(
                    regexp = "credentials:read|credentials:write|audit:read|admin",
                    message = "has to be credentials:read, credentials:write, audit:read or admin")
                String>
            scopes,
    @DefaultValue({"azp", "cid", "appid", "client_id"}) List<@NotBlank String> clientIdClaims,
    @Nullable @Pattern(regexp = PERSON_CLAIM, message = PERSON_CLAIM_MESSAGE) String personClaim) {

  /** The form of a claim that only tokens of persons have. */
  public static final String PERSON_CLAIM = "[^=\\s]+(=\\S.*)?";

  /** The message for another form. */
  public static final String PERSON_CLAIM_MESSAGE =
      "has to be a claim, or a claim and its value, such as idtyp=user";

  /** An issuer with the defaults of all settings but these. */
  public static IssuerProperties of(String issuerUri, List<String> audiences) {
    return new IssuerProperties(
        Issuer.DEFAULT,
        issuerUri,
        null,
        audiences,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of("scope", "scp"),
        List.of(),
        List.of("azp", "cid", "appid", "client_id"),
        null);
  }
}
