package dev.rekey.verify;

import dev.rekey.audit.chain.Chain;
import dev.rekey.verify.Finding.Kind;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Explains why a link does not follow: the most likely explanation, and not a proof. */
final class Diagnosis {

  private final Chain chain = new Chain();
  private final long last;
  private final byte[] head;
  private final byte[] headBefore;
  private final List<Link> before;
  private final List<Link> after;

  /**
   * Starts with the last valid seq, its chain hash, the hash before the links of {@code before},
   * some valid links up to {@code last}, and some links after the invalid one.
   */
  Diagnosis(long last, byte[] head, byte[] headBefore, List<Link> before, List<Link> after) {
    this.headBefore = headBefore;
    this.last = last;
    this.head = head;
    this.before = before;
    this.after = after;
  }

  Finding of(Link link) {
    if (link.flaw != null) {
      return Kind.CHANGED.at(last + 1, link.id, "The event " + link.flaw + ".");
    }
    if (link.seq != last + 1) {
      return wrongSeq(link);
    }
    if (follows(link.sealedHash, head, link.chainHash)) {
      return differsFromSeal(link);
    }
    byte[] event = link.eventHash;
    if (event != null && follows(event, head, link.chainHash)) {
      return changed(link, "The hash in the event's seal was changed; the event is unchanged.");
    }
    return broken(link);
  }

  private Finding wrongSeq(Link link) {
    if (follows(link.sealedHash, head, link.chainHash)) {
      return Kind.CHANGED.at(
          last + 1, link.id, "The event is correct, but its seq is %d.".formatted(link.seq));
    }
    if (link.seq <= last) {
      return Kind.INSERTED.at(
          link.seq, link.id, "Seq %d is followed by seq %d.".formatted(last, link.seq));
    }
    for (Link other : after) {
      if (other.seq == last + 1) {
        return Kind.REORDERED.at(
            last + 1, other.id, "The event comes after the event of seq %d.".formatted(link.seq));
      }
    }
    return Kind.MISSING.at(
        last + 1,
        link.seq == last + 2
            ? "Seq %d is missing, both event and seal.".formatted(last + 1)
            : "Seq %d to %d are missing, both events and seals.".formatted(last + 1, link.seq - 1));
  }

  private Finding differsFromSeal(Link link) {
    return Stream.concat(before.stream(), after.stream())
        .filter(other -> Arrays.equals(other.eventHash, link.sealedHash))
        .findFirst()
        .map(other -> displacedBy(link, other))
        .orElseGet(() -> changed(link, "The event differs from what was sealed."));
  }

  private Finding broken(Link link) {
    Finding finding = displaced(link);
    if (finding == null) {
      finding = insertedBefore(link);
    }
    return finding == null
        ? changed(
            link,
            "The chain hash does not match: the event or its position was changed, or events"
                + " before it were removed and the rest renumbered.")
        : finding;
  }

  /** Searches for the event that belongs here. */
  private @Nullable Finding displaced(Link link) {
    for (Link other : after) {
      if (follows(other.sealedHash, head, link.chainHash)
          || (follows(other.sealedHash, head, other.chainHash) && followsAny(link))) {
        return displacedBy(link, other);
      }
      if (follows(other.sealedHash, head, other.chainHash)) {
        return Kind.INSERTED.at(
            link.seq,
            link.id,
            "Without this event, the event of seq %d would be next in the chain."
                .formatted(other.seq));
      }
    }
    return null;
  }

  private static Finding displacedBy(Link link, Link other) {
    return Kind.REORDERED.at(
        link.seq,
        link.id,
        "Event %s was sealed here, and is now at seq %d.".formatted(other.id, other.seq));
  }

  private boolean followsAny(Link link) {
    return after.stream()
        .anyMatch(other -> follows(link.sealedHash, other.chainHash, link.chainHash));
  }

  /** Searches for the position that this event was sealed after, before inserted events. */
  private @Nullable Finding insertedBefore(Link link) {
    for (int i = before.size() - 1; i >= 0; i--) {
      byte[] earlier = i == 0 ? headBefore : before.get(i - 1).chainHash;
      if (follows(link.sealedHash, earlier, link.chainHash)) {
        Link first = before.get(i);
        return Kind.INSERTED.at(
            first.seq,
            first.id,
            "Without this event, the event of seq %d would be next in the chain."
                .formatted(link.seq));
      }
    }
    return null;
  }

  private boolean follows(byte[] hash, byte[] previous, byte[] chainHash) {
    return Arrays.equals(chain.link(hash, previous), chainHash);
  }

  private static Finding changed(Link link, String detail) {
    return Kind.CHANGED.at(link.seq, link.id, detail);
  }
}
