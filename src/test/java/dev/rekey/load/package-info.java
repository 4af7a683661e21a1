/** Many clients, several replicas, and everything around them breaking at random. */
@NullMarked
package dev.rekey.load;

import org.jspecify.annotations.NullMarked;
