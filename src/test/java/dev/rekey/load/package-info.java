/** Many clients, several replicas, and random faults in everything around them. */
@NullMarked
package dev.rekey.load;

import org.jspecify.annotations.NullMarked;
