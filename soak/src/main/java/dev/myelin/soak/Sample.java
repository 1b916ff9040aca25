package dev.myelin.soak;

import java.util.Locale;

/**
 * What the process takes while all threads are between two rounds.
 *
 * @param seconds since the beginning
 * @param rounds done by all threads so far
 * @param residentBytes of the process, after a collection
 * @param heapBytes of what the heap holds, after a collection
 * @param deviceBytes what the open backends say their tensors take
 * @param driverBytes what the stand-in driver says is allocated; 0 without it
 * @param threads in the process
 * @param openFiles in the process
 */
record Sample(
    double seconds,
    long rounds,
    long residentBytes,
    long heapBytes,
    long deviceBytes,
    long driverBytes,
    int threads,
    int openFiles) {
  static final String HEADER =
      "seconds,rounds,resident_bytes,heap_bytes,device_bytes,driver_bytes,threads,open_files";

  String line() {
    return String.format(
        Locale.ROOT,
        "%.1f,%d,%d,%d,%d,%d,%d,%d",
        seconds,
        rounds,
        residentBytes,
        heapBytes,
        deviceBytes,
        driverBytes,
        threads,
        openFiles);
  }
}
