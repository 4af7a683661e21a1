package dev.rekey.platform.query;

import java.util.Map;

/**
 * A query to be put into another one, as a table of one row.
 *
 * @param params those that it names
 */
public record SqlPart(String sql, Map<String, Object> params) {}
