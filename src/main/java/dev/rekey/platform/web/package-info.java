/** How requests arrive and responses leave, the same on every route. */
@NullMarked
package dev.rekey.platform.web;

import org.jspecify.annotations.NullMarked;
