package dev.rekey.console;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The console.
 *
 * @param enabled whether {@code /console} is served; default false
 */
@ConfigurationProperties("rekey.console")
record ConsoleProperties(@DefaultValue("false") boolean enabled) {}
