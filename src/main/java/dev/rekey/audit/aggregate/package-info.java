/** Counts events over time. */
@NullMarked
package dev.rekey.audit.aggregate;

import org.jspecify.annotations.NullMarked;
