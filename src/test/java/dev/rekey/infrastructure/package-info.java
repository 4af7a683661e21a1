/**
 * Rekey between other people's programs: poolers, proxies and a database that fails over. Scripts
 * in {@code src/test/infrastructure} start them.
 */
@NullMarked
package dev.rekey.infrastructure;

import org.jspecify.annotations.NullMarked;
