/** Compares the inventory with the upstreams in the background and records the differences. */
@NullMarked
package dev.rekey.credential.refresh;

import org.jspecify.annotations.NullMarked;
