package dev.rekey.facade;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.rekey.platform.ProblemType;
import dev.rekey.rotation.Overlaps;
import dev.rekey.rotation.RevealedSecret;
import dev.rekey.upstream.Label;
import dev.rekey.upstream.Listing;
import dev.rekey.upstream.Minted;
import dev.rekey.upstream.Secret;
import dev.rekey.upstream.UpstreamCredential;
import dev.rekey.upstream.keycard.Keycard;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonSerialize;

/** Keycard's shapes. What is not set is left out. */
final class KeycardWire {

  private static final int MAX_NAME = 255;
  private static final int MAX_DESCRIPTION = Keycard.MAX_DESCRIPTION;

  private KeycardWire() {}

  @Schema(name = "CreateServiceAccountCredential", description = "What to call it.")
  record CreateRequest(
      @Schema(
              description = "Its name, 1 to 255 characters.",
              example = "ci-2026-11",
              requiredMode = Schema.RequiredMode.REQUIRED)
          @Nullable String name,
      @Schema(description = "What it is for, at most 454 characters.", example = "nightly build")
          @Nullable String description) {

    /** Throws an {@code invalid-request} problem if Keycard could not take it. */
    Label label() {
      if (name == null) {
        throw ProblemType.INVALID_REQUEST.with("name is required.").exception();
      }
      return checked(name, description);
    }
  }

  @Schema(name = "UpdateServiceAccountCredential", description = "What to change.")
  record UpdateRequest(
      @Schema(description = "Its new name, 1 to 255 characters.", example = "ci")
          @Nullable String name,
      @Schema(description = "What it is for now, at most 454 characters.", example = "all builds")
          @Nullable String description) {

    /** Throws an {@code invalid-request} problem if Keycard could not take it. */
    Label label() {
      if (name == null && description == null) {
        throw ProblemType.INVALID_REQUEST
            .with("Send name, description or both; null changes nothing.")
            .exception();
      }
      return checked(name, description);
    }
  }

  @Schema(
      name = "RotateServiceAccountCredential",
      description = "What to call the new credential, and when the older one ends.")
  record RotateRequest(
      @Schema(
              description = "Its name, 1 to 255 characters; default the older one's.",
              example = "ci-2026-11")
          @Nullable String name,
      @Schema(
              description = "What it is for, at most 454 characters; default the older one's.",
              example = "nightly build")
          @Nullable String description,
      @Schema(
              description =
                  "How long the older credential stays after the new one was confirmed, in seconds:"
                      + " 0 to 2592000, which is 30 days; default 86400.",
              example = "3600",
              minimum = "0",
              maximum = "2592000")
          @Nullable Long graceSeconds,
      @Schema(
              description =
                  "Whether the first use of the new credential confirms that it works; default"
                      + " false.",
              example = "false")
          @Nullable Boolean confirmOnFirstUse) {

    /** Throws an {@code invalid-request} problem if it cannot be granted. */
    Overlaps.Terms terms() {
      return new Overlaps.Terms(
          checked(name, description),
          Overlaps.grace(graceSeconds),
          Boolean.TRUE.equals(confirmOnFirstUse));
    }

    /**
     * What it is called if it comes after another; throws a problem if Keycard could not take it.
     */
    Label labelAfter(UpstreamCredential older) {
      return checked(
          name == null ? older.name() : name,
          description == null ? older.description() : description);
    }
  }

  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(
      name = "CreatedServiceAccountCredential",
      description = "A new credential with its secret, which is shown this once.")
  record CreatedCredential(
      @Schema(description = "Its id.", example = "cred-1") String id,
      @JsonProperty("client_id")
          @Schema(description = "The public half.", example = "sa-checkout-1")
          @Nullable String clientId,
      @JsonProperty("client_secret")
          @Schema(
              description = "The secret, shown this once.",
              type = "string",
              format = "password",
              example = "made-by-keycard")
          @JsonSerialize(using = RevealedSecret.class)
          Secret clientSecret,
      @JsonProperty("created_at")
          @Schema(description = "When it was made.", example = "2026-11-22T09:30:00.000000Z")
          @Nullable Instant createdAt,
      @Schema(description = "Its name.", example = "ci-2026-11") @Nullable String name,
      @Schema(description = "What it is for; left out if not set.", example = "nightly build")
          @Nullable String description) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(name = "ServiceAccountCredential", description = "A credential without its secret.")
  record Credential(
      @Schema(description = "Its id.", example = "cred-1") String id,
      @JsonProperty("client_id")
          @Schema(description = "The public half.", example = "sa-checkout-1")
          @Nullable String clientId,
      @JsonProperty("created_at")
          @Schema(description = "When it was made.", example = "2026-11-22T09:30:00.000000Z")
          @Nullable Instant createdAt,
      @Schema(description = "Its name.", example = "ci-2026-11") @Nullable String name,
      @Schema(description = "What it is for; left out if not set.", example = "nightly build")
          @Nullable String description,
      @JsonProperty("last_used_at")
          @Schema(
              description = "When it was last used; left out if not known.",
              example = "2026-11-22T10:00:00.000000Z")
          @Nullable Instant lastUsedAt,
      @Schema(description = "What Rekey's token may do to it, if asked for by expand.")
          @Nullable Map<String, Map<String, Boolean>> permissions) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(name = "ServiceAccountCredentialList", description = "One page of credentials.")
  record CredentialList(
      @Schema(description = "The credentials of this page.") List<Credential> items,
      @JsonProperty("page_info") @Schema(description = "Where the page lies in the list.")
          PageInfo pageInfo,
      @Schema(description = "What Rekey's token may do, if asked for by expand.")
          @Nullable Map<String, Map<String, Boolean>> permissions) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(name = "PageInfo", description = "Where a page lies in its list.")
  record PageInfo(
      @JsonProperty("has_next_page") @Schema(description = "Whether more follow.", example = "true")
          boolean hasNextPage,
      @JsonProperty("has_prev_page")
          @Schema(description = "Whether some precede.", example = "false")
          boolean hasPrevPage,
      @JsonProperty("start_cursor")
          @Schema(
              description = "Send it as before to get the page in front.",
              example = "YmVmb3JlOjE")
          @Nullable String startCursor,
      @JsonProperty("end_cursor")
          @Schema(description = "Send it as after to get the page behind.", example = "YWZ0ZXI6NTA")
          @Nullable String endCursor) {}

  static CreatedCredential created(Minted minted) {
    UpstreamCredential credential = minted.credential();
    return new CreatedCredential(
        credential.id().value(),
        credential.clientId(),
        minted.secret(),
        credential.createdAt(),
        credential.name(),
        credential.description());
  }

  static Credential credential(UpstreamCredential credential) {
    return new Credential(
        credential.id().value(),
        credential.clientId(),
        credential.createdAt(),
        credential.name(),
        credential.description(),
        credential.lastUsedAt(),
        credential.permissions());
  }

  static CredentialList list(Listing.Page page) {
    return new CredentialList(
        page.items().stream().map(KeycardWire::credential).toList(),
        new PageInfo(
            page.hasNextPage(), page.hasPreviousPage(), page.startCursor(), page.endCursor()),
        page.permissions());
  }

  private static Label checked(@Nullable String name, @Nullable String description) {
    if (name != null && (name.isBlank() || length(name) > MAX_NAME)) {
      throw ProblemType.INVALID_REQUEST
          .with("name has to have 1 to " + MAX_NAME + " characters.")
          .exception();
    }
    if (description != null && length(description) > MAX_DESCRIPTION) {
      throw ProblemType.INVALID_REQUEST
          .with(
              "description may have at most "
                  + MAX_DESCRIPTION
                  + " characters; Rekey needs the others that Keycard has.")
          .exception();
    }
    if (description != null && !Keycard.mayDescribe(description)) {
      throw ProblemType.RESERVED_TEXT
          .with("description may not hold [rekey: , by which Rekey marks its credentials.")
          .exception();
    }
    if (hasUnusable(name) || hasUnusable(description)) {
      throw ProblemType.INVALID_REQUEST
          .with("name and description may not hold control characters or half surrogates.")
          .exception();
    }
    return new Label(name, description);
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  // A description may have several lines; what a terminal or PostgreSQL trips over it may not have.
  private static boolean hasUnusable(@Nullable String text) {
    return text != null
        && text.codePoints()
            .anyMatch(
                c ->
                    (Character.isISOControl(c) && c != '\n' && c != '\r' && c != '\t')
                        || Character.getType(c) == Character.SURROGATE);
  }
}
