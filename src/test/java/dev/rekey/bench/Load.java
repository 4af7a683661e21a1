package dev.rekey.bench;

/**
 * The result of loading a program for some time.
 *
 * @param seconds how long the load generator measured
 * @param p50 the median latency in milliseconds
 * @param p99 the latency in milliseconds that one in a hundred requests exceeds
 * @param errors the requests without a successful response
 */
record Load(long requests, double seconds, double p50, double p99, long errors) {

  double perSecond() {
    return requests / seconds;
  }
}
