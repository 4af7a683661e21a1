package dev.rekey.verify;

import dev.rekey.audit.chain.Chain;
import dev.rekey.verify.Finding.Changed;
import dev.rekey.verify.Finding.Inserted;
import dev.rekey.verify.Finding.Missing;
import dev.rekey.verify.Finding.Reordered;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds out why a link does not follow, by what would follow instead. The nearest explanation is
 * given, not a proof: who can change one row can change many.
 */
final class Diagnosis {

  private final Chain chain = new Chain();
  private final long last;
  private final byte[] head;
  private final byte[] headBefore;
  private final List<Link> before;
  private final List<Link> after;

  /**
   * @param last the seq of the last link that did follow, at which the chain's head was this
   * @param before some links that lead there, before which it was headBefore
   * @param after some that come after the one in question
   */
  Diagnosis(long last, byte[] head, byte[] headBefore, List<Link> before, List<Link> after) {
    this.headBefore = headBefore;
    this.last = last;
    this.head = head;
    this.before = before;
    this.after = after;
  }

  Finding of(Link link) {
    if (link.flaw() != null) {
      return new Changed(last + 1, link.id, "The event " + link.flaw() + ".");
    }
    if (link.seq != last + 1) {
      return misplaced(link);
    }
    if (follows(link.sealedHash, head, link.chainHash)) {
      return unlikeItsSeal(link);
    }
    byte[] event = link.eventHash();
    if (event != null && follows(event, head, link.chainHash)) {
      return changed(
          link, "The hash in the event's seal was changed; the event is as it was sealed.");
    }
    return broken(link);
  }

  private Finding misplaced(Link link) {
    if (follows(link.sealedHash, head, link.chainHash)) {
      return new Changed(
          last + 1,
          link.id,
          "The event is the right one, but says that its seq is %d.".formatted(link.seq));
    }
    if (link.seq <= last) {
      return new Inserted(
          link.seq, link.id, "After seq %d comes a seq %d.".formatted(last, link.seq));
    }
    for (Link other : after) {
      if (other.seq == last + 1) {
        return new Reordered(
            last + 1, other.id, "It comes only after the event of seq %d.".formatted(link.seq));
      }
    }
    return new Missing(
        last + 1,
        null,
        link.seq == last + 2
            ? "There is no seq %d, neither event nor seal.".formatted(last + 1)
            : "There is no seq %d to %d, neither events nor seals."
                .formatted(last + 1, link.seq - 1));
  }

  private Finding unlikeItsSeal(Link link) {
    return Stream.concat(before.stream(), after.stream())
        .filter(other -> Arrays.equals(other.eventHash(), link.sealedHash))
        .findFirst()
        .map(other -> displacedBy(link, other))
        .orElseGet(() -> changed(link, "The event is not what was sealed."));
  }

  private Finding broken(Link link) {
    Finding finding = displaced(link);
    if (finding == null) {
      finding = squeezedIn(link);
    }
    return finding == null
        ? changed(
            link,
            "The event does not follow from those before it: it, or its place in the"
                + " chain, was changed, or events before it were taken out and the rest"
                + " renumbered.")
        : finding;
  }

  /** Looks for what should be in this one's place. */
  private @Nullable Finding displaced(Link link) {
    for (Link other : after) {
      if (follows(other.sealedHash, head, link.chainHash)
          || (follows(other.sealedHash, head, other.chainHash) && followsAny(link))) {
        return displacedBy(link, other);
      }
      if (follows(other.sealedHash, head, other.chainHash)) {
        return new Inserted(
            link.seq,
            link.id,
            "The event of seq %d would follow from what stands before this one."
                .formatted(other.seq));
      }
    }
    return null;
  }

  private static Finding displacedBy(Link link, Link other) {
    return new Reordered(
        link.seq,
        link.id,
        "What was sealed here is event %s, which now stands at seq %d."
            .formatted(other.id, other.seq));
  }

  private boolean followsAny(Link link) {
    return after.stream()
        .anyMatch(other -> follows(link.sealedHash, other.chainHash, link.chainHash));
  }

  /** Looks for what this one followed from; what stands between came later. */
  private @Nullable Finding squeezedIn(Link link) {
    for (int i = before.size() - 1; i >= 0; i--) {
      byte[] earlier = i == 0 ? headBefore : before.get(i - 1).chainHash;
      if (follows(link.sealedHash, earlier, link.chainHash)) {
        Link first = before.get(i);
        return new Inserted(
            first.seq,
            first.id,
            "The event of seq %d would follow from what stands before this one."
                .formatted(link.seq));
      }
    }
    return null;
  }

  private boolean follows(byte[] hash, byte[] previous, byte[] chainHash) {
    return Arrays.equals(chain.link(hash, previous), chainHash);
  }

  private static Finding changed(Link link, String detail) {
    return new Changed(link.seq, link.id, detail);
  }
}
