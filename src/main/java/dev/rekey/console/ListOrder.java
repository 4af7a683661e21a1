package dev.rekey.console;

/**
 * An order of a list.
 *
 * @param value the value of the query parameter
 * @param title what people call it
 */
record ListOrder(String value, String title) {}
