package dev.rekey.platform.query;

import java.util.Map;

/** A query of one row that is a part of another query, and the parameters that it names. */
public record SqlPart(String sql, Map<String, Object> params) {}
