/**
 * The hash chain that makes tampering with the history evident. It treats events as bytes. {@code
 * docs/audit-chain.md} specifies the format.
 */
@NullMarked
package dev.rekey.audit.chain;

import org.jspecify.annotations.NullMarked;
