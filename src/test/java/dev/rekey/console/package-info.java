/** Tests of the console's pages, with a browser and over HTTP. */
@NullMarked
package dev.rekey.console;

import org.jspecify.annotations.NullMarked;
