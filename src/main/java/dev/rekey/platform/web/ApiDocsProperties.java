package dev.rekey.platform.web;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The API's document.
 *
 * @param enabled whether {@code /v3/api-docs} and {@code /swagger-ui} are served; default true
 */
@ConfigurationProperties("rekey.api-docs")
record ApiDocsProperties(@DefaultValue("true") boolean enabled) {}
