/** A receiver of Rekey's webhooks, which verifies them as a receiver should. */
@NullMarked
package sandbox.webhooks;

import org.jspecify.annotations.NullMarked;
