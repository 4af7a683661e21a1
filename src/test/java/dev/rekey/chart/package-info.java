/** Tests of the Helm chart: what it renders, and which values it refuses. */
package dev.rekey.chart;
