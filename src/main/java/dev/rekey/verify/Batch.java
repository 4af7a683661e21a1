package dev.rekey.verify;

import java.util.List;

/** Consecutive links, the checkpoints among them by seq, and the drops that their events record. */
record Batch(List<Link> links, List<CheckedCheckpoint> checkpoints, List<PartitionDrop> drops) {}
