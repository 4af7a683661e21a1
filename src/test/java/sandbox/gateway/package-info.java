/** The entry point of an upstream: authenticates, records, injects faults and responds. */
@NullMarked
package sandbox.gateway;

import org.jspecify.annotations.NullMarked;
