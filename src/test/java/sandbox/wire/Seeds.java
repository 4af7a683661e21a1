package sandbox.wire;

/**
 * The credentials that the sandbox starts with, and again after a reset.
 *
 * @param examples whether there are more than the tests count on: credentials that expire soon, are
 *     too old or are unused
 */
public record Seeds(boolean examples) {}
