/** A strict double of Kubernetes' API server, as far as a delivery uses it. */
@NullMarked
package sandbox.kubernetes;

import org.jspecify.annotations.NullMarked;
