package dev.rekey.finding;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.rekey.access.Owner;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A finding as the API returns it.
 *
 * @param credentialId the credential's id in the inventory; null if it is about the whole subject
 * @param upstreamId the credential's id at its upstream; null likewise
 * @param owner the owner of the subject; null if it has none
 * @param since when the condition began to hold
 * @param openedAt when Rekey opened it last
 * @param evidence the facts behind it, by their names; the kind decides which
 * @param decision the latest acceptance or snooze; null if there is none, or after it was reopened
 * @param resolvedAt when its condition ceased to hold; null unless it is resolved
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Finding(
    UUID id,
    FindingKind kind,
    FindingSeverity severity,
    FindingState state,
    String upstream,
    String subject,
    @Nullable UUID credentialId,
    @Nullable String upstreamId,
    @Nullable Owner owner,
    Instant since,
    Instant openedAt,
    Map<String, @Nullable Object> evidence,
    String nextStep,
    @Nullable Decision decision,
    @Nullable Instant resolvedAt) {

  /**
   * An acceptance or a snooze.
   *
   * @param by the id of the caller, as in the history
   * @param until when the finding reopens
   * @param reason null if a snooze has none
   */
  @JsonInclude(JsonInclude.Include.ALWAYS)
  public record Decision(String by, Instant at, Instant until, @Nullable String reason) {}
}
