package dev.rekey.access;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * The owner of a subject.
 *
 * @param team the name of the team
 * @param contact how to reach it; null if that is not configured
 * @param link an https URL or a mailto address; null if that is not configured
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Owner(String team, @Nullable String contact, @Nullable String link) {}
