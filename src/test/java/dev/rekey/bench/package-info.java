/** Benchmarks without assertions: {@code mvn -Pbench spring-boot:test-run}. */
@NullMarked
package dev.rekey.bench;

import org.jspecify.annotations.NullMarked;
