package dev.rekey.contract;

import java.util.Set;

/**
 * What is known about one member of a JSON value.
 *
 * @param type the JSON type, and the format of a time or a UUID
 * @param isNullable whether it may be null
 * @param isRequired whether it is always there
 * @param values its possible values; empty if they are not known
 */
record Field(String type, boolean isNullable, boolean isRequired, Set<String> values) {}
