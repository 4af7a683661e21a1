/** The Helm chart: what it makes of its values, and which values it refuses. */
package dev.rekey.chart;
