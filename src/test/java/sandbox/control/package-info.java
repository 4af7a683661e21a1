/** The sandbox's own routes: inspect, verify, inject faults, reset. */
@NullMarked
package sandbox.control;

import org.jspecify.annotations.NullMarked;
