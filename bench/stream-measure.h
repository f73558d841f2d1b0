#pragma once

#include <stdint.h>

/* What both ends of a TCP path do to measure it, whatever carries it. Failures end the process. */

/* Answers measurements on @fd until the other side closes it. */
void stream_measure_serve (int fd);

/* Returns: the median microseconds of a round trip of one byte */
double stream_measure_latency_us (int fd, int n_rounds);

/* Returns: MiB/s of that much in one direction, until the other side has it all */
double stream_measure_throughput (int fd, uint64_t n_mib);

double stream_measure_now_us (void);

/* Sorts @times_us. */
double stream_measure_median_us (double *times_us, int n);
