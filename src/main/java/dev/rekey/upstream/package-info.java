/** The port to the systems that issue credentials. */
@NullMarked
package dev.rekey.upstream;

import org.jspecify.annotations.NullMarked;
