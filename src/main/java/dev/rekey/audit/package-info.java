/** The history: each change and each denial is an event, which is appended and never changed. */
@NullMarked
package dev.rekey.audit;

import org.jspecify.annotations.NullMarked;
