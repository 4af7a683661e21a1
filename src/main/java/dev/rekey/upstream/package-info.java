/**
 * The port to the systems that issue credentials: what can be asked of them, and every way in which
 * an answer can come, or not come.
 */
@NullMarked
package dev.rekey.upstream;

import org.jspecify.annotations.NullMarked;
