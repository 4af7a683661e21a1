package dev.rekey.facade;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.rotation.RevealedSecret;
import dev.rekey.rotation.RotationTerms;
import dev.rekey.upstream.CredentialNaming;
import dev.rekey.upstream.ListableUpstream;
import dev.rekey.upstream.Minted;
import dev.rekey.upstream.Secret;
import dev.rekey.upstream.UpstreamCredential;
import dev.rekey.upstream.keycard.Keycard;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonSerialize;

/** Keycard's JSON. A member without a value is left out. */
public final class KeycardWire {

  private static final int MAX_NAME = 255;
  private static final int MAX_DESCRIPTION = Keycard.MAX_DESCRIPTION;

  private KeycardWire() {}

  record CreateRequest(@Nullable String name, @Nullable String description) {

    /** Throws an {@code invalid-request} problem if Keycard would refuse it. */
    CredentialNaming naming() {
      if (name == null) {
        throw ProblemType.INVALID_REQUEST.with("name is required.");
      }
      return checked(name, description);
    }
  }

  record UpdateRequest(@Nullable String name, @Nullable String description) {

    /**
     * The requested changes; a null part stays. Throws an {@code invalid-request} problem if
     * Keycard would refuse it.
     */
    CredentialNaming naming() {
      return checked(name, description);
    }
  }

  public record RotateRequest(
      @Nullable String name,
      @Nullable String description,
      @Nullable Long graceSeconds,
      @Nullable Boolean confirmOnFirstUse) {

    /** Throws an {@code invalid-request} problem if Rekey or Keycard would refuse them. */
    RotationTerms terms() {
      return new RotationTerms(
          checked(name, description),
          RotationTerms.grace(graceSeconds),
          Boolean.TRUE.equals(confirmOnFirstUse));
    }

    /**
     * Fills in the missing parts from the old credential. Throws a problem if Keycard would refuse
     * the result.
     */
    CredentialNaming namingAfter(UpstreamCredential old) {
      return checked(
          name == null ? old.name() : name, description == null ? old.description() : description);
    }
  }

  @JsonInclude(JsonInclude.Include.NON_NULL)
  record CreatedCredential(
      String id,
      @JsonProperty("client_id") @Nullable String clientId,
      @JsonProperty("client_secret") @JsonSerialize(using = RevealedSecret.class)
          Secret clientSecret,
      @JsonProperty("created_at") @Nullable Instant createdAt,
      @Nullable String name,
      @Nullable String description) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Credential(
      String id,
      @JsonProperty("client_id") @Nullable String clientId,
      @JsonProperty("created_at") @Nullable Instant createdAt,
      @Nullable String name,
      @Nullable String description,
      @JsonProperty("last_used_at") @Nullable Instant lastUsedAt,
      @Nullable Map<String, Map<String, Boolean>> permissions) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  record CredentialList(
      List<Credential> items,
      @JsonProperty("page_info") PageInfo pageInfo,
      @Nullable Map<String, Map<String, Boolean>> permissions) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  record PageInfo(
      @JsonProperty("has_next_page") boolean hasNextPage,
      @JsonProperty("has_prev_page") boolean hasPrevPage,
      @JsonProperty("start_cursor") @Nullable String startCursor,
      @JsonProperty("end_cursor") @Nullable String endCursor) {}

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

  static CredentialList list(ListableUpstream.Page page) {
    return new CredentialList(
        page.items().stream().map(KeycardWire::credential).toList(),
        new PageInfo(
            page.hasNextPage(), page.hasPreviousPage(), page.startCursor(), page.endCursor()),
        page.permissions());
  }

  private static CredentialNaming checked(@Nullable String name, @Nullable String description) {
    if (name != null && (name.isBlank() || length(name) > MAX_NAME)) {
      throw ProblemType.INVALID_REQUEST.with("name must have 1 to " + MAX_NAME + " characters.");
    }
    if (description != null && length(description) > MAX_DESCRIPTION) {
      throw ProblemType.INVALID_REQUEST.with(
          "description must have at most " + MAX_DESCRIPTION + " characters.");
    }
    if (description != null && !Keycard.isDescriptionAllowed(description)) {
      throw ProblemType.RESERVED_TEXT.with(
          "description must not contain [rekey: , because Rekey marks its own credentials with"
              + " it.");
    }
    if (hasUnusable(name) || hasUnusable(description)) {
      throw ProblemType.INVALID_REQUEST.with(
          "name and description must not contain control characters or unpaired surrogates.");
    }
    return new CredentialNaming(name, description);
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  // A description may have several lines, but nothing that PostgreSQL or a terminal cannot show.
  private static boolean hasUnusable(@Nullable String text) {
    return text != null
        && text.codePoints()
            .anyMatch(
                c ->
                    (Character.isISOControl(c) && c != '\n' && c != '\r' && c != '\t')
                        || Character.getType(c) == Character.SURROGATE);
  }
}
