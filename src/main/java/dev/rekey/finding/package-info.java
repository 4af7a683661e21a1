/** Finds what needs attention in the inventory, and records what people decide about it. */
@NullMarked
package dev.rekey.finding;

import org.jspecify.annotations.NullMarked;
