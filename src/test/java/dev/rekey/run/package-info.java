/** What Rekey needs around it, for trying it out and for testing it: PostgreSQL and the sandbox. */
package dev.rekey.run;
