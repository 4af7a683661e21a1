/**
 * The chain that makes tampering with the history show: how it is made, signed and verified. Knows
 * nothing of what events are for. The format is {@code docs/audit-chain.md}.
 */
@NullMarked
package dev.rekey.audit.chain;

import org.jspecify.annotations.NullMarked;
