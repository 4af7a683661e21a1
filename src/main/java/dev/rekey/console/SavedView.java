package dev.rekey.console;

/**
 * A search of the inventory that a person has saved.
 *
 * @param query of the page's URL, percent-encoded
 */
record SavedView(String name, String query) {}
