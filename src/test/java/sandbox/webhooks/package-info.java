/** A receiver for Rekey's webhooks, which verifies their signatures. */
@NullMarked
package sandbox.webhooks;

import org.jspecify.annotations.NullMarked;
