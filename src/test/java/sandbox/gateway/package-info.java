/** The front door of an upstream: admits, records, misbehaves if told to, answers. */
@NullMarked
package sandbox.gateway;

import org.jspecify.annotations.NullMarked;
