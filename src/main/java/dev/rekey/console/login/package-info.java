/** Logs people in at the console with OpenID Connect, and keeps their sessions in PostgreSQL. */
@NullMarked
package dev.rekey.console.login;

import org.jspecify.annotations.NullMarked;
