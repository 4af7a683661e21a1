/** History: every change and every denial as an event that is appended and never changed. */
@NullMarked
package dev.rekey.audit;

import org.jspecify.annotations.NullMarked;
