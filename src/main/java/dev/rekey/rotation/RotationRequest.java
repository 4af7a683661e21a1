package dev.rekey.rotation;

import dev.rekey.access.Permit;
import dev.rekey.platform.PathId;
import dev.rekey.platform.crypto.Sha256;
import dev.rekey.upstream.CredentialNaming;
import dev.rekey.upstream.ListableUpstream;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.Upstream;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is wanted: one new credential. Immutable.
 *
 * @param upstream who makes it
 * @param label what it is to be called
 * @param target what only one rotation at a time may be under way for
 * @param request all that makes this request what it is, to tell whether another one is the same
 * @param overlap the credential that this one is to take the place of; null where there is none, or
 *     where only the upstream's answer will tell
 * @param reissueOf the rotation whose secret was lost; null if it is none
 * @param admission what still has to hold when it is written down, checked in that transaction; it
 *     throws a problem otherwise
 * @param key null if the caller sent none
 * @param isRepetition whether the client says that it sent the same request before
 */
public record RotationRequest(
    Permit.Write permit,
    Upstream upstream,
    CredentialNaming label,
    String target,
    String request,
    @Nullable Overlap overlap,
    @Nullable UUID reissueOf,
    Runnable admission,
    @Nullable IdempotencyKey key,
    boolean isRepetition) {

  /**
   * Two credentials side by side for a while.
   *
   * @param replaces the older one, in the inventory
   * @param since when that one was made; null if nobody knows
   * @param grace how long the older one stays after the newer one was confirmed; null for the
   *     default
   * @param confirmOnFirstUse whether the newer one's first use confirms it
   */
  record Overlap(
      UUID replaces,
      @Nullable Instant since,
      @Nullable Duration grace,
      boolean confirmOnFirstUse) {}

  /** A new credential for a connector. */
  public static RotationRequest rotate(Permit.Write permit, Upstream upstream) {
    String target = permit.subject().name();
    return new RotationRequest(
        permit,
        upstream,
        CredentialNaming.NONE,
        target,
        target,
        null,
        null,
        RotationRequest::always,
        null,
        false);
  }

  /** A credential beside the others, by a name of its own. */
  public static RotationRequest create(
      Permit.Write permit, Upstream upstream, CredentialNaming label) {
    String target = permit.subject() + "/credentials?name=" + label.name();
    return new RotationRequest(
        permit,
        upstream,
        label,
        target,
        canonical(target, label.name(), label.description()),
        null,
        null,
        RotationRequest::always,
        null,
        false);
  }

  /**
   * A credential that takes the place of another.
   *
   * @param request what the caller asked for, before defaults were filled in
   */
  static RotationRequest overlap(
      Permit.Write permit,
      Upstream upstream,
      PathId older,
      String request,
      CredentialNaming label,
      Overlap overlap) {
    return new RotationRequest(
        permit,
        upstream,
        label,
        target(permit, older),
        request,
        overlap,
        null,
        RotationRequest::always,
        null,
        false);
  }

  /**
   * A credential instead of one whose secret was lost.
   *
   * @param lost the rotation that made that one, as it stands
   * @param admission as {@link #admission}
   */
  static RotationRequest reissue(
      Permit.Write permit,
      Upstream upstream,
      RotationStatus lost,
      PathId made,
      Runnable admission) {
    String target =
        upstream instanceof ListableUpstream ? target(permit, made) : permit.subject().name();
    RotationStatus.Known older = lost.older();
    return new RotationRequest(
        permit,
        upstream,
        lost.label(),
        target,
        requestToReissue(lost.rotation()),
        older == null
            ? null
            : new Overlap(older.id(), null, lost.grace(), lost.confirmOnFirstUse()),
        lost.rotation(),
        admission,
        null,
        false);
  }

  static String requestToReissue(UUID lost) {
    return canonical("reissue", lost.toString());
  }

  static String requestToOverlap(
      Permit.Write permit,
      PathId older,
      CredentialNaming asked,
      @Nullable Duration grace,
      boolean confirmOnFirstUse) {
    return canonical(
        target(permit, older),
        asked.name(),
        asked.description(),
        String.valueOf(grace),
        String.valueOf(confirmOnFirstUse));
  }

  private static String target(Permit.Write permit, PathId credential) {
    return permit.subject() + "/credentials/" + credential;
  }

  /** The same, under the caller's key. */
  public RotationRequest under(@Nullable IdempotencyKey by) {
    return new RotationRequest(
        permit, upstream, label, target, request, overlap, reissueOf, admission, by, isRepetition);
  }

  /** The same, from a client that says whether it repeats itself. */
  public RotationRequest repeated(boolean says) {
    return new RotationRequest(
        permit, upstream, label, target, request, overlap, reissueOf, admission, key, says);
  }

  Subject subject() {
    return permit.subject();
  }

  /** Whether what was minted can be found again by listing. */
  boolean isListed() {
    return upstream instanceof ListableUpstream;
  }

  boolean isAdditive() {
    return upstream.isAdditive();
  }

  String requestHash() {
    return hash(request);
  }

  static String hash(String request) {
    return Sha256.hex(request);
  }

  private static void always() {}

  // Every part with its length, so that no two requests look alike.
  private static String canonical(@Nullable String... parts) {
    var text = new StringBuilder();
    Arrays.stream(parts)
        .forEach(part -> text.append(part == null ? "-" : part.length() + ":" + part));
    return text.toString();
  }
}
