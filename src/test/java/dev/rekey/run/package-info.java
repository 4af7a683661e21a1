/** The environment of Rekey in manual runs and tests: PostgreSQL and the sandbox. */
package dev.rekey.run;
