/** Tests of the console's login. */
@NullMarked
package dev.rekey.console.login;

import org.jspecify.annotations.NullMarked;
