/**
 * Replays the queries of the dashboards that read Rekey's API as Grafana and its Infinity data
 * source would, because neither runs here.
 */
@NullMarked
package dev.rekey.grafana;

import org.jspecify.annotations.NullMarked;
