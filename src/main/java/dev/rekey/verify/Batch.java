package dev.rekey.verify;

import java.util.List;

/**
 * Consecutive links of the chain.
 *
 * @param checkpoints the checkpoints in this part of the chain, by seq
 * @param drops the dropped partitions that its events record
 */
record Batch(List<Link> links, List<CheckedCheckpoint> checkpoints, List<PartitionDrop> drops) {}
