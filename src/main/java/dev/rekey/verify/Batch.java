package dev.rekey.verify;

import java.util.List;

/**
 * Some places of the chain that follow each other.
 *
 * @param vouchers the checkpoints that stand beside them, by seq
 * @param drops what those of the events say that tell of dropped months
 */
record Batch(List<Link> links, List<Voucher> vouchers, List<Drop> drops) {}
